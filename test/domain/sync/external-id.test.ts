import { describe, expect, it } from '@jest/globals';
import {
  couldRender,
  defaultTemplate,
  externalIdKey,
  renderExternalId,
  templateMistake,
} from '../../../domain/sync/external-id.ts';
import { account } from '../../fixtures/accounts.ts';

describe('an external id', () => {
  it.each(["O'Brien", 'A 1', 'A/1', 'A&1', 'Ä-漢', '$&', 'a:b'])(
    'is rendered from the account number %p as F&O serves it',
    (number) => {
      const templates = { customer: '{legalEntity}:{accountNumber}' };
      expect(renderExternalId(templates, account(number))).toEqual({ externalId: `usmf:${number}` });
    },
  );

  it.each([
    ['A,1', 'contains a comma'],
    ['A\u0007', 'contains a control character'],
    ['A'.repeat(256), 'longer than 255'],
  ])('is rejected for %p, by which Zendesk could not find the record', (number, because) => {
    const rendered = renderExternalId({ customer: '{accountNumber}' }, account(number));
    expect(rendered).toMatchObject({
      rejection: { code: 'external_id_unsupported', message: expect.stringContaining(because) as unknown },
    });
  });

  it('is rendered by the template of the kind', () => {
    const templates = { customer: '{accountNumber}', vendor: '{kind}/{accountNumber}', contact: 'c:{contactId}' };
    const idOf = (kind: string): unknown => renderExternalId(templates, account('A-1', { kind }));
    expect(idOf('customer')).toEqual({ externalId: 'A-1' });
    expect(idOf('vendor')).toEqual({ externalId: 'vendor/A-1' });
    expect(idOf('contact')).toEqual({ externalId: 'c:A-1' });
    expect(() => idOf('ledger')).toThrow('The kind "ledger" has no template of external ids.');
  });

  it('is the bare number only for a connection of exactly one legal entity', () => {
    expect([defaultTemplate(['usmf']), defaultTemplate([]), defaultTemplate(['usmf', 'frrt'])]).toEqual([
      '{accountNumber}',
      '{legalEntity}:{accountNumber}',
      '{legalEntity}:{accountNumber}',
    ]);
  });

  it.each([
    ['{legalEntity}', 'must contain {accountNumber}'],
    ['{accountNumber}{company}', 'not {company}'],
    ['{accountNumber},', 'must not contain a comma'],
  ])('cannot have the template %p', (template, mistake) => {
    expect(templateMistake(template)).toContain(mistake);
  });

  it('is compared without regard to case', () => {
    expect(externalIdKey('Company1 ')).toBe(externalIdKey('company1'));
  });

  const kinds = ['customer', 'vendor'];

  it.each<[string, string, readonly string[]]>([
    ['{legalEntity}:{accountNumber}', 'USMF:us-001', ['usmf', 'frrt']],
    ['{legalEntity}:{accountNumber}', ' usmf:A:1 ', ['usmf']],
    ['{legalEntity}:{accountNumber}', 'demf:1', []],
    ['{legalEntity}.{kind}({accountNumber})', 'usmf.vendor(1)', ['usmf']],
    ['{accountNumber}', 'anything', ['usmf']],
  ])('could come from the template %p as %p for the legal entities %j', (template, externalId, entities) => {
    expect(couldRender(template, externalId, { legalEntities: entities, kinds })).toBe(true);
  });

  it.each<[string, string, readonly string[]]>([
    ['{legalEntity}:{accountNumber}', 'demf:1', ['usmf']],
    ['{legalEntity}:{accountNumber}', 'usmf:', ['usmf']],
    ['{legalEntity}:{accountNumber}', 'crm-4711', []],
    ['{legalEntity}.{kind}({accountNumber})', 'usmfxvendor(1)', ['usmf']],
    ['{legalEntity}.{kind}({accountNumber})', 'usmf.contact(1)', ['usmf']],
  ])('cannot come from the template %p as %p for the legal entities %j', (template, externalId, entities) => {
    expect(couldRender(template, externalId, { legalEntities: entities, kinds })).toBe(false);
  });

  it('could come from a template with a kind only for the kinds of the connection', () => {
    const at = { legalEntities: ['usmf'], kinds: ['customer', 'prospect (new)'] };
    expect(couldRender('{kind}:{accountNumber}', 'Prospect (New):1', at)).toBe(true);
    expect(couldRender('{kind}:{accountNumber}', 'vendor:1', at)).toBe(false);
  });
});
