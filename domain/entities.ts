import type { ConnectionSettings } from './connection/connection.ts';
import type { EntitySpec, NameSource, TargetName } from './entity-spec.ts';
import type { FieldMapping, FieldType, Mapping } from './sync/mapping.ts';

/** The part of a connection that the registry needs. */
export interface RegistryContext {
  readonly settings: ConnectionSettings;
  /** The template of external ids of organizations. */
  readonly externalIdTemplate: string;
}

/** The parts in which the default entities differ. `setting` is the name of the entity in a connection file. */
interface Definition extends Pick<EntitySpec, 'kind' | 'target' | 'key' | 'members' | 'events'> {
  readonly setting: 'customers' | 'vendors' | 'contacts';
  readonly tags: readonly string[];
  readonly attributes: Mapping['attributes'];
}

const PERSON: NameSource['join'] = ['PersonFirstName', 'PersonMiddleName', 'PersonLastNamePrefix', 'PersonLastName'];

/**
 * The default entities. Member names are from the CSDL of F&O 10.0.47, table names from Microsoft docs, virtual
 * entities.
 */
const DEFINITIONS: readonly Definition[] = [
  {
    kind: 'customer',
    setting: 'customers',
    target: 'organization',
    key: 'CustomerAccount',
    members: {
      name: [
        { join: PERSON, when: { member: 'PartyType', is: 'Person' } },
        { join: ['OrganizationName'] },
        { join: ['KnownAs'] },
        { join: ['NameAlias'] },
      ],
      party: 'PartyNumber',
    },
    tags: ['erp_customer'],
    attributes: {},
    events: {
      members: ['CustomerAccount', 'CustomerAccountNumber', 'CustAccount', 'CustomerId'],
      table: { entity: 'mserp_custcustomerv3entity', key: 'mserp_customeraccount' },
    },
  },
  {
    kind: 'vendor',
    setting: 'vendors',
    target: 'organization',
    key: 'VendorAccountNumber',
    members: {
      name: [
        { join: PERSON, when: { member: 'VendorPartyType', is: 'Person' } },
        { join: ['VendorOrganizationName'] },
        { join: ['VendorKnownAsName'] },
        { join: ['VendorSearchName'] },
      ],
      party: 'VendorPartyNumber',
    },
    tags: ['erp_vendor'],
    attributes: {},
    events: {
      members: ['VendorAccountNumber', 'VendorAccount', 'VendAccount', 'VendorId'],
      table: { entity: 'mserp_vendvendorv2entity', key: 'mserp_vendoraccountnumber' },
    },
  },
  {
    kind: 'contact',
    setting: 'contacts',
    target: 'user',
    key: 'ContactPersonId',
    members: {
      name: [
        { join: ['ContactPersonName'] },
        { join: ['FirstName', 'MiddleName', 'LastName'] },
        { join: ['KnownAsName'] },
        { join: ['SearchName'] },
      ],
      party: 'AssociatedPartyNumber',
      person: 'ContactPersonPartyNumber',
      email: 'PrimaryEmailAddress',
      inactive: 'IsInactive',
    },
    tags: [],
    attributes: { phone: { from: 'PrimaryPhoneNumber' } },
    events: {
      members: ['ContactPersonId', 'ContactPerson', 'ContactId'],
      table: { entity: 'mserp_smmcontactpersonv2entity', key: 'mserp_contactpersonid' },
    },
  },
];

/**
 * A custom field of organizations or users. `from` is, by kind, a member of the ERP entity or a template with braces.
 */
interface FieldRow {
  readonly key: string;
  readonly title: string;
  readonly type: FieldType;
  readonly from: Readonly<Record<string, string>>;
}

/** The custom fields that are written by default. To add a field, add a line. */
const FIELDS: readonly FieldRow[] = [
  {
    key: 'erp_account_number',
    title: 'ERP account number',
    type: 'text',
    from: { customer: '{key}', vendor: '{key}' },
  },
  { key: 'erp_account_type', title: 'ERP account type', type: 'text', from: { customer: '{kind}', vendor: '{kind}' } },
  {
    key: 'erp_legal_entity',
    title: 'ERP legal entity',
    type: 'text',
    from: { customer: '{legalEntity}', vendor: '{legalEntity}' },
  },
  {
    key: 'erp_account_group',
    title: 'ERP account group',
    type: 'text',
    from: { customer: 'CustomerGroupId', vendor: 'VendorGroupId' },
  },
  {
    key: 'erp_on_hold',
    title: 'ERP on hold',
    type: 'text',
    from: { customer: 'OnHoldStatus', vendor: 'OnHoldStatus' },
  },
  {
    key: 'erp_currency',
    title: 'ERP currency',
    type: 'text',
    from: { customer: 'SalesCurrencyCode', vendor: 'CurrencyCode' },
  },
  { key: 'erp_city', title: 'ERP city', type: 'text', from: { customer: 'AddressCity', vendor: 'AddressCity' } },
  {
    key: 'erp_country',
    title: 'ERP country',
    type: 'text',
    from: { customer: 'AddressCountryRegionId', vendor: 'AddressCountryRegionId' },
  },
  { key: 'erp_contact_id', title: 'ERP contact', type: 'text', from: { contact: '{key}' } },
  {
    key: 'erp_contact_legal_entity',
    title: 'ERP legal entity of the contact',
    type: 'text',
    from: { contact: '{legalEntity}' },
  },
  { key: 'erp_job_title', title: 'ERP job title', type: 'text', from: { contact: 'EmploymentJobTitle' } },
];

/**
 * The differences of entity sets that a connection may use instead of the default ones. `lacks` are missing members.
 */
const VARIANTS: Readonly<Record<string, { readonly order: readonly string[]; readonly lacks: readonly string[] }>> = {
  // This entity set has a person once per account. These rows differ in the account number only, which is not read.
  CDSContactPersonsV2: {
    order: ['dataAreaId', 'ContactPersonPartyNumber', 'AssociatedContactType', 'AssociatedContactNumber'],
    lacks: ['ContactPersonName', 'KnownAsName', 'SearchName', 'EmploymentJobTitle'],
  },
};

/** Returns all entities that a connection can have, also those that are switched off, in the order of their rank. */
export function knownEntities({ settings, externalIdTemplate }: RegistryContext): readonly EntitySpec[] {
  const own = DEFINITIONS.map((definition) => specOf(definition, { settings, externalIdTemplate }));
  const all = [...own, ...(settings.entities ?? [])];
  const organizations = all.filter(({ target }) => target === 'organization').map(({ kind }) => kind);
  // Users can belong to organizations of any entity.
  return all.map((spec) => (spec.target === 'user' ? { ...spec, dependsOn: organizations } : spec));
}

/** Returns the entities that a connection synchronizes, in the order of their rank. */
export function entitiesOf(context: RegistryContext): readonly EntitySpec[] {
  const { sync } = context.settings;
  const isOff = new Set(DEFINITIONS.filter(({ setting }) => !sync[setting]).map(({ kind }) => kind));
  const active = knownEntities(context).filter(({ kind }) => !isOff.has(kind));
  return active.map((spec) => ({ ...spec, dependsOn: spec.dependsOn.filter((kind) => !isOff.has(kind)) }));
}

/** Returns the entity of a kind. Throws an Error for a kind that the connection cannot have. */
export function entityOf(context: RegistryContext, kind: string): EntitySpec {
  const found = knownEntities(context).find((spec) => spec.kind === kind);
  if (found === undefined) throw new Error(`The connection has no entity of the kind "${kind}".`);
  return found;
}

/** Returns the kinds of the entities that have this target. */
export function kindsOf(entities: readonly EntitySpec[], target: TargetName): readonly string[] {
  return entities.filter((spec) => spec.target === target).map(({ kind }) => kind);
}

/** Returns the custom fields that the entities with this target write, each once. */
export function fieldsOf(entities: readonly EntitySpec[], target: TargetName): readonly FieldMapping[] {
  const fields = entities.filter((spec) => spec.target === target).flatMap(({ mapping }) => mapping.fields);
  return [...new Map(fields.map((field) => [field.key, field])).values()];
}

/** Returns the external id templates of entities, by kind. */
export function templatesOf(entities: readonly EntitySpec[]): Readonly<Record<string, string>> {
  return Object.fromEntries(entities.map(({ kind, externalId }) => [kind, externalId]));
}

/**
 * Sorts entities into levels. An entity depends only on entities of earlier levels. Throws an Error when that is
 * impossible.
 */
export function levelsOf(entities: readonly EntitySpec[]): readonly (readonly EntitySpec[])[] {
  const levels: EntitySpec[][] = [];
  const done = new Set<string>();
  let left = [...entities];
  while (left.length > 0) {
    const free = left.filter(({ dependsOn }) => dependsOn.every((kind) => done.has(kind)));
    if (free.length === 0)
      throw new Error(
        `These entities depend on each other, or on an entity that is not read: ${left.map(({ kind }) => kind).join(', ')}.`,
      );
    levels.push(free);
    for (const { kind } of free) done.add(kind);
    left = left.filter((spec) => !free.includes(spec));
  }
  return levels;
}

/** Returns the levels of entities as kinds with the same target, in the order in which they are written. */
export function targetLevelsOf(entities: readonly EntitySpec[]): { target: TargetName; kinds: string[] }[] {
  return levelsOf(entities).flatMap((level) => {
    const targets = [...new Set(level.map(({ target }) => target))];
    return targets.map((target) => ({ target, kinds: [...kindsOf(level, target)] }));
  });
}

function specOf(
  { kind, setting, target, key, members, events, tags, attributes }: Definition,
  { settings, externalIdTemplate }: RegistryContext,
): EntitySpec {
  const entitySet = settings.dynamics.entitySets[setting];
  const { order, lacks } = VARIANTS[entitySet] ?? { order: ['dataAreaId', key], lacks: [] };
  const annotation = { contacts: undefined, ...settings.annotation }[setting];
  return {
    kind,
    target,
    entitySet,
    key,
    order,
    members: { ...members, name: members.name.filter(({ join }) => !join.some((member) => lacks.includes(member))) },
    mapping: { fields: mappedFields(kind, lacks), attributes, tags },
    externalId: target === 'organization' ? externalIdTemplate : settings.sync.contactExternalId,
    ...(annotation && { annotation }),
    dependsOn: [],
    events,
  };
}

function mappedFields(kind: string, lacks: readonly string[]): readonly FieldMapping[] {
  return FIELDS.flatMap(({ key, title, type, from }) => {
    const source = from[kind];
    if (source === undefined || lacks.includes(source)) return [];
    return [{ key, title, type, source: source.includes('{') ? { template: source } : { from: source } }];
  });
}

/** The kinds of the default entities, for the schema of connection files and the list of records. */
export const DEFAULT_KINDS: readonly string[] = DEFINITIONS.map(({ kind }) => kind);
