import { describe, expect, it } from '@jest/globals';
import { consentCallback, nextZendeskStep, type ZendeskAccess } from '../../api/admin/next-step.ts';
import { TEST_SETTINGS } from '../fixtures/accounts.ts';

const CALLBACK = consentCallback('https://ledgerdesk.example.com');

const stepOf = (zendesk: Partial<ZendeskAccess['zendesk']>, tokens: Partial<ZendeskAccess> = {}): string | undefined =>
  nextZendeskStep({
    ...{ id: 'contoso', callbackUrl: CALLBACK, hasToken: false, hasRefreshToken: false, ...tokens },
    zendesk: { ...TEST_SETTINGS.zendesk, ...zendesk },
  });

describe('the next step after a file was applied', () => {
  it('is consent, with the redirect URL spelled out', () => {
    expect(stepOf({ oauthClientId: 'ledgerdesk' })).toBe(
      `Run: ledgerdesk connection authorize contoso. The OAuth client in Zendesk must have the redirect URL ${CALLBACK}`,
    );
  });

  it('is an OAuth client, if there is none', () => {
    expect(stepOf({})).toMatch(/^Create an OAuth client in Zendesk .* with the redirect URL https:\/\/ledgerdesk/);
    expect(stepOf({})).toContain('ledgerdesk connection authorize contoso');
  });

  it('says that a pasted token is for trying, with and without an OAuth client', () => {
    for (const zendesk of [{}, { oauthClientId: 'ledgerdesk' }])
      expect(stepOf(zendesk, { hasToken: true })).toMatch(/^The access token from the file is for trying: .*authorize/);
  });

  it('is none with tokens that renew themselves', () => {
    expect(stepOf({ grant: 'client_credentials', oauthClientId: 'ledgerdesk' })).toBeUndefined();
    const both = { hasToken: true, hasRefreshToken: true };
    expect(stepOf({ oauthClientId: 'ledgerdesk' }, both)).toBeUndefined();
    expect(stepOf({}, both)).toContain('Create an OAuth client');
  });
});
