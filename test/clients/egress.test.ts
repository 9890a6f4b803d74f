import { describe, expect, it } from '@jest/globals';
import { createEgress } from '../../clients/egress.ts';
import type { RemoteSystem } from '../../clients/errors.ts';
import { HOSTILE_ADDRESSES } from '../fixtures/hostile-addresses.ts';

const strict = createEgress([]);

describe('the address of a remote system', () => {
  it.each<[RemoteSystem, string, string]>([
    ['dynamics', 'https://contoso.operations.dynamics.com', 'https://contoso.operations.dynamics.com'],
    ['dynamics', ' https://Contoso.operations.dynamics.com/data/ ', 'https://contoso.operations.dynamics.com'],
    ['dynamics', 'https://contoso.operations.dynamics.com/data', 'https://contoso.operations.dynamics.com'],
    ['dynamics', 'https://uat.sandbox.operations.eu.dynamics.com/', 'https://uat.sandbox.operations.eu.dynamics.com'],
    ['dynamics', 'https://contoso.operations.uae.dynamics.com', 'https://contoso.operations.uae.dynamics.com'],
    ['dynamics', 'https://a.operations.gov.microsoftdynamics.us', 'https://a.operations.gov.microsoftdynamics.us'],
    ['dynamics', 'https://a.operations.high.microsoftdynamics.us', 'https://a.operations.high.microsoftdynamics.us'],
    ['dynamics', 'https://a.operations.dynamics.cn', 'https://a.operations.dynamics.cn'],
    ['dynamics', 'https://dev1aos.cloudax.dynamics.com', 'https://dev1aos.cloudax.dynamics.com'],
    [
      'dynamics',
      'https://usnconeboxax1aos.cloud.onebox.dynamics.com',
      'https://usnconeboxax1aos.cloud.onebox.dynamics.com',
    ],
    ['dynamics', 'https://a.axcloud.dynamics.com', 'https://a.axcloud.dynamics.com'],
    ['dynamics', 'https://a.operations.dynamics.us', 'https://a.operations.dynamics.us'],
    [
      'dynamics',
      'https://uat.sandbox.operations.gov.microsoftdynamics.us',
      'https://uat.sandbox.operations.gov.microsoftdynamics.us',
    ],
    ['zendesk', 'https://contoso.zendesk.com/', 'https://contoso.zendesk.com'],
    ['zendesk', 'https://contoso.zendesk.com:443', 'https://contoso.zendesk.com'],
    ['entra', 'https://login.microsoftonline.com/', 'https://login.microsoftonline.com'],
    ['entra', 'https://login.microsoftonline.us', 'https://login.microsoftonline.us'],
    ['entra', 'https://login.partner.microsoftonline.cn', 'https://login.partner.microsoftonline.cn'],
  ])('of %s may be %s', (system, text, origin) => {
    expect(strict.checkOrigin(text, system)).toEqual({ ok: true, origin });
    expect(() => strict.check(`${origin}/data/x?y=1`, system)).not.toThrow();
  });

  const refused: readonly (readonly [RemoteSystem, string])[] = [
    ...HOSTILE_ADDRESSES,
    ['dynamics', ''],
    ['dynamics', 'contoso.operations.dynamics.com'],
    ['dynamics', 'https://operations.dynamics.com'],
    ['dynamics', 'https://evil.example/contoso.operations.dynamics.com'],
    ['dynamics', 'https://contoso.operations.dynamics.com/namespaces/AXSF'],
    ['dynamics', 'https://contoso.operations.dynamics.com/data/../x'],
    ['dynamics', 'https://contoso.operations.dynamics.com?x=1'],
    ['dynamics', 'https://con toso.operations.dynamics.com'],
    ['dynamics', 'https://contoso.zendesk.com'],
    ['zendesk', 'https://contoso.zendesk.com/api/v2'],
    ['zendesk', 'https://contoso.zendesk.com.evil.example'],
    ['entra', 'https://login.microsoftonline.com/common'],
  ];
  it.each(refused)('of %s may not be %s', (system, text) => {
    const checked = strict.checkOrigin(text, system);
    expect(checked).toMatchObject({ ok: false });
    expect('reason' in checked ? checked.reason : '').toMatch(/^The address .+\.$/);
  });

  it.each<[RemoteSystem, string, string]>([
    ['dynamics', 'https://erp.contoso.com', 'is not a known host of Dynamics 365. Use an address such as https://'],
    ['zendesk', 'https://help.contoso.com', 'is not a known host of Zendesk. Use an address such as https://contoso.'],
    ['dynamics', 'https://contoso.operations.dynamics.com:8443', 'must not name a port'],
    ['zendesk', 'http://contoso.zendesk.com', 'must begin with https://'],
  ])('of %s that is refused comes with a hint: %s', (system, text, reason) => {
    const checked = strict.checkOrigin(text, system);
    expect('reason' in checked ? checked.reason : '').toContain(`The address ${reason}`);
    expect('reason' in checked ? checked.reason : '').toContain('LEDGERDESK_ALLOW_HOSTS names');
  });

  it('is checked again for every request, so that a link cannot lead to another host', () => {
    for (const url of [
      'https://evil.example/data',
      'http://contoso.zendesk.com',
      'https://u:p@contoso.zendesk.com',
      'nonsense',
    ])
      expect(() => strict.check(url, 'zendesk')).toThrow('Ledgerdesk does not call the address');
    expect(() => strict.check('https://contoso.zendesk.com', 'dynamics')).toThrow();
  });
});

describe('hosts that an operator allowed', () => {
  const egress = createEgress(['127.0.0.1:4711', 'Remote.Test', '[::1]:4712']);

  it('may use plain HTTP, with the allowed port, or with any port if none is given', () => {
    expect(egress.checkOrigin('http://127.0.0.1:4711', 'zendesk')).toEqual({
      ok: true,
      origin: 'http://127.0.0.1:4711',
    });
    expect(egress.checkOrigin('http://remote.test:9', 'dynamics')).toEqual({
      ok: true,
      origin: 'http://remote.test:9',
    });
    expect(egress.checkOrigin('http://[::1]:4712/data', 'dynamics')).toEqual({ ok: true, origin: 'http://[::1]:4712' });
  });

  it('allow no other addresses', () => {
    for (const text of [
      'http://127.0.0.1:4712',
      'http://127.0.0.1',
      'http://u@127.0.0.1:4711',
      'http://other.test',
      'ws://remote.test',
    ])
      expect(egress.checkOrigin(text, 'zendesk')).toMatchObject({ ok: false });
    expect(() => egress.check('http://127.0.0.1:4713/', 'zendesk')).toThrow();
  });
});
