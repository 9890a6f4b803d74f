import { describe, expect, it } from '@jest/globals';
import {
  checkFields,
  fieldFingerprint,
  fieldProblem,
  fieldRecreated,
  type SuspendedField,
} from '../../../domain/sync/field-check.ts';
import type { FieldMapping } from '../../../domain/sync/mapping.ts';

const needed = (key: string): FieldMapping => ({ key, title: key, type: 'text', source: { template: '{key}' } });
const existing = (key: string, others: { type?: string; isActive?: boolean } = {}) => ({
  ...{ key, type: 'text', isActive: true },
  ...others,
});

describe('the check of custom fields', () => {
  it('finds nothing wrong with fields that are there, are texts and are active', () => {
    expect(checkFields([needed('a'), needed('b')], [existing('b'), existing('a'), existing('theirs')])).toEqual({
      missing: [],
      suspended: [],
    });
  });

  it('finds the fields that are missing', () => {
    expect(checkFields([needed('a'), needed('b'), needed('c')], [existing('b')])).toEqual({
      missing: [needed('a'), needed('c')],
      suspended: [],
    });
  });

  it('suspends a field of another type, and one that is inactive', () => {
    const shown = [existing('a', { type: 'dropdown' }), existing('b', { isActive: false }), existing('c')];
    expect(checkFields([needed('a'), needed('b'), needed('c')], shown)).toEqual({
      missing: [],
      suspended: [
        { key: 'a', code: 'field_type_differs', type: 'dropdown' },
        { key: 'b', code: 'field_inactive', type: null },
      ],
    });
  });

  it('reports the type of an inactive field that has another type as well', () => {
    const shown = [existing('a', { type: 'checkbox', isActive: false })];
    expect(checkFields([needed('a')], shown).suspended).toEqual([
      { key: 'a', code: 'field_type_differs', type: 'checkbox' },
    ]);
  });

  it('needs nothing of an account where nothing is needed', () => {
    expect(checkFields([], [existing('a', { isActive: false })])).toEqual({ missing: [], suspended: [] });
  });
});

describe('the fingerprint of the needed fields', () => {
  it('is the same in any order, whatever titles and sources', () => {
    const retitled = { ...needed('a'), title: 'Another title', source: { from: 'AddressCity' } };
    expect(fieldFingerprint([needed('b'), needed('a')])).toBe(fieldFingerprint([retitled, needed('b')]));
  });

  it('changes with every field that is added, left out or renamed', () => {
    const sets = [[], ['a'], ['a', 'b'], ['ab'], ['a', 'c']].map((keys) => fieldFingerprint(keys.map(needed)));
    expect(new Set(sets).size).toBe(sets.length);
  });

  it('is empty only where nothing is needed', () => {
    expect(fieldFingerprint([])).toBe('');
    expect(fieldFingerprint([needed('a')])).not.toBe('');
  });
});

describe('a problem with a field', () => {
  const cases: readonly (readonly [SuspendedField, RegExp, RegExp])[] = [
    [
      { key: 'erp_city', code: 'field_missing', type: null },
      /^Zendesk does not have the organization field "erp_city"/,
      /^Create the organization field "erp_city" with the type text in Zendesk\./,
    ],
    [
      { key: 'erp_city', code: 'field_type_differs', type: 'dropdown' },
      /the type dropdown instead of text/,
      /^Delete the organization field "erp_city" in Zendesk/,
    ],
    [
      { key: 'erp_city', code: 'field_inactive', type: null },
      /is inactive, so it is not written\.$/,
      /^Activate the organization field "erp_city" in Zendesk\./,
    ],
  ];
  it.each(cases)('%j says what is wrong and what to do', (field, message, action) => {
    expect(fieldProblem('organization', field, 'text')).toEqual({
      code: field.code,
      message: expect.stringMatching(message) as unknown,
      action: expect.stringMatching(action) as unknown,
    });
  });

  it('is no problem any more when the field was created again', () => {
    expect(fieldRecreated('user', 'erp_job_title')).toEqual({
      code: 'field_recreated',
      message: expect.stringContaining('The user field "erp_job_title"') as unknown,
    });
  });
});
