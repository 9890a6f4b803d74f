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
      expect(renderExternalId('{legalEntity}:{accountNumber}', account(number))).toEqual({
        externalId: `usmf:${number}`,
      });
    },
  );

  it.each([
    ['A,1', 'contains a comma'],
    ['A\u0007', 'contains a control character'],
    ['A'.repeat(256), 'longer than 255'],
  ])('is refused for %p, which Zendesk could not be asked for', (number, because) => {
    const rendered = renderExternalId('{accountNumber}', account(number));
    expect(rendered).toMatchObject({
      rejection: { code: 'external_id_unsupported', message: expect.stringContaining(because) as unknown },
    });
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
  ])('has a template that is checked: %p', (template, mistake) => {
    expect(templateMistake(template)).toContain(mistake);
  });

  it('is compared without regard to case', () => {
    expect(externalIdKey('Company1 ')).toBe(externalIdKey('company1'));
  });

  it.each<[string, string, readonly string[]]>([
    ['{legalEntity}:{accountNumber}', 'USMF:us-001', ['usmf', 'frrt']],
    ['{legalEntity}:{accountNumber}', ' usmf:A:1 ', ['usmf']],
    ['{legalEntity}:{accountNumber}', 'demf:1', []],
    ['{legalEntity}.{kind}({accountNumber})', 'usmf.vendor(1)', ['usmf']],
    ['{accountNumber}', 'anything', ['usmf']],
  ])('could be given by the template %p as %p for the entities %j', (template, externalId, entities) => {
    expect(couldRender(template, externalId, entities)).toBe(true);
  });

  it.each<[string, string, readonly string[]]>([
    ['{legalEntity}:{accountNumber}', 'demf:1', ['usmf']],
    ['{legalEntity}:{accountNumber}', 'usmf:', ['usmf']],
    ['{legalEntity}:{accountNumber}', 'crm-4711', []],
    ['{legalEntity}.{kind}({accountNumber})', 'usmfxvendor(1)', ['usmf']],
    ['{legalEntity}.{kind}({accountNumber})', 'usmf.contact(1)', ['usmf']],
  ])('cannot be given by the template %p as %p for the entities %j', (template, externalId, entities) => {
    expect(couldRender(template, externalId, entities)).toBe(false);
  });
});
