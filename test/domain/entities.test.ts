import { describe, expect, it } from '@jest/globals';
import type { ConnectionSettings } from '../../domain/connection/connection.ts';
import {
  DEFAULT_KINDS,
  entitiesOf,
  entityOf,
  fieldsOf,
  kindsOf,
  knownEntities,
  levelsOf,
  templatesOf,
  type RegistryContext,
} from '../../domain/entities.ts';
import type { EntitySpec } from '../../domain/entity-spec.ts';
import { membersOf } from '../../domain/sync/mapping.ts';
import { TEST_SETTINGS } from '../fixtures/accounts.ts';

const TEMPLATE = '{legalEntity}:{accountNumber}';

/** Prospects become organizations, in an entity that no connection has by itself. */
const PROSPECTS: EntitySpec = {
  kind: 'prospect',
  target: 'organization',
  entitySet: 'ProspectsV2',
  key: 'ProspectId',
  order: ['dataAreaId', 'ProspectId'],
  members: { name: [{ join: ['ProspectName'] }], party: 'PartyNumber' },
  mapping: {
    fields: [
      { key: 'erp_account_number', title: 'ERP account number', type: 'text', source: { template: '{key}' } },
      { key: 'erp_rating', title: 'ERP rating', type: 'text', source: { from: 'Rating' } },
    ],
    attributes: {},
    tags: ['erp_prospect'],
  },
  externalId: 'prospect:{legalEntity}:{accountNumber}',
  dependsOn: [],
  events: { members: ['ProspectId'] },
};

/** Workers become users. */
const WORKERS: EntitySpec = {
  ...PROSPECTS,
  kind: 'worker',
  target: 'user',
  entitySet: 'Workers',
  key: 'PersonnelNumber',
  mapping: {
    fields: [{ key: 'erp_worker', title: 'ERP worker', type: 'text', source: { template: '{key}' } }],
    attributes: {},
    tags: [],
  },
};

function contextOf(
  sync: Partial<ConnectionSettings['sync']> = {},
  others: Partial<ConnectionSettings> = {},
): RegistryContext {
  const settings = { ...TEST_SETTINGS, ...others, sync: { ...TEST_SETTINGS.sync, ...sync } };
  return { settings, externalIdTemplate: TEMPLATE };
}

const kinds = (entities: readonly EntitySpec[]): readonly string[] => entities.map(({ kind }) => kind);
const levels = (entities: readonly EntitySpec[]): readonly (readonly string[])[] => levelsOf(entities).map(kinds);
const keysOf = (entities: readonly EntitySpec[], target: EntitySpec['target']): readonly string[] =>
  fieldsOf(entities, target).map(({ key }) => key);

describe('known entities', () => {
  it('are customers, vendors and contacts, whatever is switched off', () => {
    const off = contextOf({ customers: false, vendors: false, contacts: false });
    expect(kinds(knownEntities(off))).toEqual(['customer', 'vendor', 'contact']);
    expect(DEFAULT_KINDS).toEqual(['customer', 'vendor', 'contact']);
  });

  it('are read from the sets that the connection names', () => {
    const entitySets = { customers: 'CustomersV9', vendors: 'VendorsV9', contacts: 'ContactsV9' };
    const context = contextOf({}, { dynamics: { ...TEST_SETTINGS.dynamics, entitySets } });
    expect(knownEntities(context).map(({ entitySet }) => entitySet)).toEqual([
      'CustomersV9',
      'VendorsV9',
      'ContactsV9',
    ]);
  });

  it('are ordered by company and key, and contacts depend on both kinds of accounts', () => {
    const [customer, vendor, contact] = knownEntities(contextOf());
    expect(customer).toMatchObject({ order: ['dataAreaId', 'CustomerAccount'], dependsOn: [] });
    expect(vendor).toMatchObject({ order: ['dataAreaId', 'VendorAccountNumber'], dependsOn: [] });
    expect(contact).toMatchObject({ order: ['dataAreaId', 'ContactPersonId'], dependsOn: ['customer', 'vendor'] });
  });

  it('have the external id templates of the connection', () => {
    expect(templatesOf(knownEntities(contextOf({ contactExternalId: 'c:{contactId}' })))).toEqual({
      customer: TEMPLATE,
      vendor: TEMPLATE,
      contact: 'c:{contactId}',
    });
  });

  it('have an annotation where support load is written back: accounts, not contacts', () => {
    const [customer, vendor, contact] = knownEntities(contextOf());
    expect(customer?.annotation).toEqual(TEST_SETTINGS.annotation.customers);
    expect(vendor?.annotation).toEqual(TEST_SETTINGS.annotation.vendors);
    expect(contact).not.toHaveProperty('annotation');
  });

  it('are found by kind, and an unknown kind is an error', () => {
    expect(entityOf(contextOf({ vendors: false }), 'vendor')).toMatchObject({ entitySet: 'VendorsV2' });
    expect(() => entityOf(contextOf(), 'ledger')).toThrow('The connection has no entity of the kind "ledger".');
    expect(() => entityOf(contextOf(), 'constructor')).toThrow('The connection has no entity of the kind');
  });
});

describe('active entities', () => {
  it.each([
    [{}, ['customer', 'vendor']],
    [{ contacts: true }, ['customer', 'vendor', 'contact']],
    [{ customers: false, contacts: true }, ['vendor', 'contact']],
    [{ customers: false, vendors: false, contacts: true }, ['contact']],
    [{ customers: false, vendors: false }, []],
  ])('with the settings %j are %j', (sync, expected) => {
    expect(kinds(entitiesOf(contextOf(sync)))).toEqual(expected);
  });

  it('depend on active entities only', () => {
    const entities = entitiesOf(contextOf({ customers: false, contacts: true }));
    expect(entities.find(({ kind }) => kind === 'contact')?.dependsOn).toEqual(['vendor']);
  });

  it('are told apart by their target', () => {
    const entities = entitiesOf(contextOf({ contacts: true }));
    expect(kindsOf(entities, 'organization')).toEqual(['customer', 'vendor']);
    expect(kindsOf(entities, 'user')).toEqual(['contact']);
    expect(kindsOf([], 'user')).toEqual([]);
  });
});

describe('the custom fields of entities', () => {
  const entities = knownEntities(contextOf());

  it('are those of organizations, each once although both kinds of accounts write it', () => {
    expect(keysOf(entities, 'organization')).toEqual([
      'erp_account_number',
      'erp_account_type',
      'erp_legal_entity',
      'erp_account_group',
      'erp_on_hold',
      'erp_currency',
      'erp_city',
      'erp_country',
    ]);
  });

  it('are those of users', () => {
    expect(keysOf(entities, 'user')).toEqual(['erp_contact_id', 'erp_contact_legal_entity', 'erp_job_title']);
  });

  it('are text fields with a title', () => {
    const fields = [...fieldsOf(entities, 'organization'), ...fieldsOf(entities, 'user')];
    expect(new Set(fields.map(({ type }) => type))).toEqual(new Set(['text']));
    for (const { title } of fields) expect(title).toMatch(/^ERP \w/);
  });

  it('are none for a target that no entity has', () => {
    expect(fieldsOf(entitiesOf(contextOf()), 'user')).toEqual([]);
  });

  it('take their values from the members of each entity', () => {
    expect(membersOf(entityOf(contextOf(), 'customer').mapping)).toEqual([
      'CustomerGroupId',
      'OnHoldStatus',
      'SalesCurrencyCode',
      'AddressCity',
      'AddressCountryRegionId',
    ]);
    expect(membersOf(entityOf(contextOf(), 'vendor').mapping)).toEqual([
      'VendorGroupId',
      'OnHoldStatus',
      'CurrencyCode',
      'AddressCity',
      'AddressCountryRegionId',
    ]);
    expect(membersOf(entityOf(contextOf(), 'contact').mapping)).toEqual(['EmploymentJobTitle', 'PrimaryPhoneNumber']);
  });
});

describe('contacts of the set CDSContactPersonsV2', () => {
  const entitySets = { ...TEST_SETTINGS.dynamics.entitySets, contacts: 'CDSContactPersonsV2' };
  const context = contextOf({ contacts: true }, { dynamics: { ...TEST_SETTINGS.dynamics, entitySets } });
  const contact = entityOf(context, 'contact');

  it('are ordered by the whole key of that set', () => {
    expect(contact.order).toEqual([
      'dataAreaId',
      'ContactPersonPartyNumber',
      'AssociatedContactType',
      'AssociatedContactNumber',
    ]);
    expect(contact.key).toBe('ContactPersonId');
  });

  it('have no job title, and write no field for it', () => {
    expect(membersOf(contact.mapping)).toEqual(['PrimaryPhoneNumber']);
    expect(keysOf([contact], 'user')).toEqual(['erp_contact_id', 'erp_contact_legal_entity']);
  });

  it('take their name from first, middle and last name alone', () => {
    expect(contact.members.name).toEqual([{ join: ['FirstName', 'MiddleName', 'LastName'] }]);
  });

  it('differ from other entities in nothing else', () => {
    const usual = entityOf(contextOf({ contacts: true }), 'contact');
    const { entitySet, order, members, mapping, ...others } = contact;
    expect(entitySet).toBe('CDSContactPersonsV2');
    expect(usual).toMatchObject({ ...others, members: { ...members, name: usual.members.name } });
    expect(mapping.attributes).toEqual(usual.mapping.attributes);
    expect(order).not.toEqual(usual.order);
    expect(entityOf(context, 'customer')).toEqual(entityOf(contextOf(), 'customer'));
  });
});

describe('a further entity of a connection', () => {
  const context = contextOf({ contacts: true }, { entities: [PROSPECTS] });

  it('is known and active besides the usual ones, with the lowest rank', () => {
    expect(kinds(knownEntities(context))).toEqual(['customer', 'vendor', 'contact', 'prospect']);
    expect(kinds(entitiesOf(context))).toEqual(['customer', 'vendor', 'contact', 'prospect']);
    expect(entityOf(context, 'prospect')).toEqual(PROSPECTS);
  });

  it('comes before the contacts, which may belong to its organizations', () => {
    expect(entityOf(context, 'contact').dependsOn).toEqual(['customer', 'vendor', 'prospect']);
    expect(levels(entitiesOf(context))).toEqual([['customer', 'vendor', 'prospect'], ['contact']]);
  });

  it('adds its fields, and its template of external ids', () => {
    expect(keysOf(entitiesOf(context), 'organization')).toHaveLength(9);
    expect(keysOf(entitiesOf(context), 'organization')).toContain('erp_rating');
    expect(templatesOf(entitiesOf(context))).toMatchObject({ customer: TEMPLATE, prospect: PROSPECTS.externalId });
  });

  it('that becomes users depends on every kind of organization', () => {
    const withWorkers = contextOf({ vendors: false }, { entities: [WORKERS, PROSPECTS] });
    expect(entityOf(withWorkers, 'worker').dependsOn).toEqual(['customer', 'vendor', 'prospect']);
    const active = entitiesOf(withWorkers);
    expect(active.find(({ kind }) => kind === 'worker')?.dependsOn).toEqual(['customer', 'prospect']);
    expect(levels(active)).toEqual([['customer', 'prospect'], ['worker']]);
    expect(keysOf(active, 'user')).toEqual(['erp_worker']);
  });
});

describe('the levels of entities', () => {
  const entity = (kind: string, ...dependsOn: readonly string[]): EntitySpec => ({ ...PROSPECTS, kind, dependsOn });

  it('put accounts before contacts', () => {
    expect(levels(entitiesOf(contextOf({ contacts: true })))).toEqual([['customer', 'vendor'], ['contact']]);
    expect(levels(entitiesOf(contextOf()))).toEqual([['customer', 'vendor']]);
    expect(levels([])).toEqual([]);
  });

  it('put every entity after all that it depends on, and keep the order within a level', () => {
    expect(levels([entity('d', 'b', 'c'), entity('c', 'a'), entity('b', 'a'), entity('a')])).toEqual([
      ['a'],
      ['c', 'b'],
      ['d'],
    ]);
  });

  it.each([
    ['two entities that depend on each other', [entity('a'), entity('b', 'c'), entity('c', 'b')], 'b, c'],
    ['a longer circle', [entity('a', 'c'), entity('b', 'a'), entity('c', 'b')], 'a, b, c'],
    ['an entity that depends on itself', [entity('a', 'a')], 'a'],
  ])('are an error for %s', (_what, entities, named) => {
    expect(() => levelsOf(entities)).toThrow(
      `These entities depend on each other, or on an entity that is not read: ${named}.`,
    );
  });
});
