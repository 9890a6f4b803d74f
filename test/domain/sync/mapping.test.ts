import { describe, expect, it } from '@jest/globals';
import {
  mappedParts,
  membersOf,
  pickMapped,
  renderAttributes,
  renderFields,
  withoutFields,
  type FieldMapping,
  type Mapping,
  type Source,
} from '../../../domain/sync/mapping.ts';
import { account } from '../../fixtures/accounts.ts';

const field = (key: string, source: Source): FieldMapping => ({ key, title: key, type: 'text', source });

const MAPPING: Mapping = {
  fields: [
    field('number', { template: '{key}' }),
    field('city', { from: 'AddressCity' }),
    field('place', { template: '{AddressCity}, {AddressCountryRegionId}' }),
  ],
  attributes: { phone: { from: 'PrimaryPhoneNumber' }, details: { template: '{kind} of {legalEntity}' } },
  tags: ['erp_customer'],
};

/** Renders one source for an account with these values. */
function render(source: Source, values: Parameters<typeof account>[1] = {}): unknown {
  const { tested } = renderFields({ ...MAPPING, fields: [field('tested', source)] }, account('US-001', values));
  return tested;
}

describe('the members that a mapping reads', () => {
  it('are those of its fields and attributes, each once and without what the record itself has', () => {
    expect(membersOf(MAPPING)).toEqual(['AddressCity', 'AddressCountryRegionId', 'PrimaryPhoneNumber']);
  });

  it('are none where every source is the record itself', () => {
    const fields = [field('all', { template: '{legalEntity} {kind} {key} {name} and no {braces here}' })];
    expect(membersOf({ fields, attributes: {}, tags: [] })).toEqual([]);
  });
});

describe('a source', () => {
  it('that names a member gives its value as text', () => {
    expect(render({ from: 'AddressCity' })).toBe('Seattle');
    expect(render({ from: 'CreditLimit' }, { values: { CreditLimit: 1_500.5 } })).toBe('1500.5');
    expect(render({ from: 'CreditLimit' }, { values: { CreditLimit: 0 } })).toBe('0');
    expect(render({ from: 'IsOneTime' }, { values: { IsOneTime: false } })).toBe('false');
    expect(render({ from: 'Reviewed' }, { values: { Reviewed: '2026-03-04T12:00:00Z' } })).toBe('2026-03-04');
  });

  it('that names a member without a value gives none', () => {
    expect(render({ from: 'AddressCity' }, { values: { AddressCity: null } })).toBeNull();
    expect(render({ from: 'AddressCity' }, { values: {} })).toBeNull();
  });

  it.each([
    ['{key}', 'US-001'],
    ['{kind}', 'customer'],
    ['{legalEntity}', 'usmf'],
    ['{name}', 'Name of US-001'],
    ['{legalEntity}/{key} ({AddressCity})', 'usmf/US-001 (Seattle)'],
    ['{AddressCity}{AddressCity}', 'SeattleSeattle'],
    ['fixed', 'fixed'],
    ['{Unknown}', null],
    [' {Unknown} ', null],
    ['{Unknown}{AddressCity}', 'Seattle'],
    ['{not a member}', '{not a member}'],
  ])('that is the template %j gives %j', (template, expected) => {
    expect(render({ template })).toBe(expected);
  });

  it('that is a template takes values as they are, and days for dates', () => {
    const values = { Group: '$& {key}', Reviewed: '2026-03-04T12:00:00Z', CreditLimit: 10 };
    expect(render({ template: '{Group}: {CreditLimit} on {Reviewed}' }, { values })).toBe('$& {key}: 10 on 2026-03-04');
  });
});

describe('a rendered record', () => {
  it('has a value for each field and each attribute of its mapping', () => {
    const subject = account('US-001');
    expect(renderFields(MAPPING, subject)).toEqual({ number: 'US-001', city: 'Seattle', place: 'Seattle, USA' });
    expect(renderAttributes(MAPPING, subject)).toEqual({ phone: null, details: 'customer of usmf' });
  });

  it('has no value for a field that is left out at present', () => {
    const mapping = withoutFields(MAPPING, new Set(['city', 'phone']));
    expect(renderFields(mapping, account('US-001'))).toEqual({ number: 'US-001', place: 'Seattle, USA' });
    expect(mapping.attributes).toEqual(MAPPING.attributes);
    expect(withoutFields(MAPPING, new Set())).toEqual(MAPPING);
  });
});

describe('the mapped parts', () => {
  const vendors: Mapping = {
    fields: [field('city', { from: 'AddressCity' }), field('rating', { from: 'Rating' })],
    attributes: {},
    tags: ['erp_vendor', 'erp_customer'],
  };

  it('of several mappings are their fields and tags, each once', () => {
    expect(mappedParts([MAPPING, vendors])).toEqual({
      fields: ['number', 'city', 'place', 'rating'],
      tags: ['erp_customer', 'erp_vendor'],
    });
    expect(mappedParts([])).toEqual({ fields: [], tags: [] });
  });

  it('of what Zendesk shows leave out the fields and tags of other people', () => {
    const shown = { fields: { number: 'US-001', city: null, theirs: 7 }, tags: ['vip', 'erp_customer'] };
    expect(pickMapped(shown, mappedParts([MAPPING]))).toEqual({
      values: { number: 'US-001', city: null, place: null },
      absent: ['place'],
      ownTags: ['erp_customer'],
    });
  });

  it('tell a field that is not shown at all from an empty one', () => {
    const mapped = { fields: ['toString', 'city'], tags: [] };
    expect(pickMapped({ fields: { city: null }, tags: [] }, mapped)).toMatchObject({ absent: ['toString'] });
  });
});
