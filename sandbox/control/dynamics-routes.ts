import type { PartyChange, StoredRecord } from '../dynamics/records.ts';
import type { Values } from '../dynamics/row-table.ts';
import type { BusinessEvents } from '../dynamics/events/business-events.ts';
import type { DynamicsState, ExtensionField } from '../dynamics/state.ts';
import type { ControlCall, ControlRoute } from './control-route.ts';
import { ControlError, found, listOf } from './control-route.ts';

interface Kind {
  readonly name: string;
  readonly list: () => StoredRecord[];
  readonly upsert: (company: string, key: string, patch: Values) => StoredRecord;
  readonly remove: (company: string, key: string) => boolean;
  readonly rename: (company: string, key: string, newKey: string) => StoredRecord | undefined;
  readonly changeParty: (company: string, key: string, change: PartyChange) => StoredRecord | undefined;
  readonly generate: (company: string, count: number, from?: number) => number;
}

/** Returns the routes of F&O's data. */
export function dynamicsRoutes(state: DynamicsState, events: SilenceableEvents): ControlRoute[] {
  const kinds: readonly Kind[] = [
    {
      name: 'customers',
      list: () => state.customers(),
      upsert: (...args) => state.upsertCustomer(...args),
      remove: (...args) => state.removeCustomer(...args),
      rename: (...args) => state.renameCustomer(...args),
      changeParty: (...args) => state.changeCustomerParty(...args),
      generate: (...args) => state.generateCustomers(...args),
    },
    {
      name: 'vendors',
      list: () => state.vendors(),
      upsert: (...args) => state.upsertVendor(...args),
      remove: (...args) => state.removeVendor(...args),
      rename: (...args) => state.renameVendor(...args),
      changeParty: (...args) => state.changeVendorParty(...args),
      generate: (...args) => state.generateVendors(...args),
    },
    {
      name: 'contacts',
      list: () => state.contacts(),
      upsert: (...args) => state.upsertContact(...args),
      remove: (...args) => state.removeContact(...args),
      rename: (...args) => state.renameContact(...args),
      changeParty: (...args) => state.changeContactParty(...args),
      generate: (...args) => state.generateContacts(...args),
    },
  ];
  return [
    ...kinds.flatMap((kind) => routesOf(kind, events)),
    { method: 'POST', pattern: /^\/state\/dynamics\/fields$/, handle: ({ body }) => addField(state, body) },
    {
      method: 'POST',
      pattern: /^\/state\/dynamics\/parties\/merge$/,
      handle: ({ body: { from, into } }) => ({ records: state.mergeParties(String(from), String(into)) }),
    },
  ];
}

type SilenceableEvents = Pick<BusinessEvents, 'isSilent'>;

function routesOf(kind: Kind, events: SilenceableEvents): ControlRoute[] {
  const { name, list, upsert, remove, generate } = kind;
  const all = new RegExp(`^/state/dynamics/${name}$`);
  const one = new RegExp(`^/state/dynamics/${name}/([^/]+)/([^/]+)$`);
  return [
    { method: 'GET', pattern: all, handle: ({ query }) => listOf(ofCompany(list(), query.get('legalEntity'))) },
    {
      method: 'POST',
      pattern: all,
      handle: ({ body: { legalEntity, key, values } }) =>
        upserted(() => upsert(String(legalEntity), String(key), values as Values)),
    },
    {
      method: 'POST',
      pattern: new RegExp(`^/state/dynamics/${name}/generate$`),
      handle: ({ body }) => silentlyIf(body['silent'] === true, events, () => generated(generate, body)),
    },
    {
      method: 'GET',
      pattern: one,
      handle: ({ parts: [company = '', key] }) =>
        found(
          ofCompany(list(), company).find((record) => record.key === key),
          `record ${key ?? ''} in ${company}`,
        ),
    },
    {
      method: 'PUT',
      pattern: one,
      handle: ({ parts: [company = '', key = ''], body }) => upserted(() => upsert(company, key, body as Values)),
    },
    {
      method: 'DELETE',
      pattern: one,
      handle: ({ parts: [company = '', key = ''] }) => {
        if (!remove(company, key)) throw new ControlError(404, `There is no record ${key} in ${company}.`);
      },
    },
    ...identityRoutesOf(kind),
  ];
}

/** Returns the routes that change what identifies a record: its key, and its party. */
function identityRoutesOf({ name, rename, changeParty }: Kind): ControlRoute[] {
  const at = (action: string): RegExp => new RegExp(`^/state/dynamics/${name}/([^/]+)/([^/]+)/${action}$`);
  return [
    {
      method: 'POST',
      pattern: at('rename'),
      handle: ({ parts: [company = '', key = ''], body }) =>
        found(
          upserted(() => rename(company, key, String(body['key']))),
          `record ${key} in ${company}`,
        ),
    },
    {
      method: 'POST',
      pattern: at('party'),
      handle: ({ parts: [company = '', key = ''], body }) =>
        found(
          upserted(() => changeParty(company, key, body as PartyChange)),
          `record ${key} in ${company}`,
        ),
    },
  ];
}

function ofCompany(records: readonly StoredRecord[], company: string | null): readonly StoredRecord[] {
  if (company === null) return records;
  return records.filter(({ legalEntity }) => legalEntity === company.toLowerCase());
}

function upserted<Stored extends StoredRecord | undefined>(upsert: () => Stored): Stored {
  try {
    return upsert();
  } catch (error) {
    throw error instanceof RangeError ? new ControlError(400, error.message) : error;
  }
}

function generated(generate: Kind['generate'], body: ControlCall['body']): { readonly from: number } {
  const { legalEntity, count, from } = body;
  if (typeof legalEntity !== 'string' || typeof count !== 'number' || !(count >= 0))
    throw new ControlError(400, '`legalEntity` and `count` are required, `from` is optional.');
  return { from: generate(legalEntity, count, typeof from === 'number' ? from : undefined) };
}

function silentlyIf<Result>(silent: boolean, events: SilenceableEvents, work: () => Result): Result {
  events.isSilent = silent;
  try {
    return work();
  } finally {
    events.isSilent = false;
  }
}

const FIELD_TYPES = ['Edm.String', 'Edm.Int32', 'Edm.Decimal', 'Edm.DateTimeOffset'];

function addField(state: DynamicsState, body: ControlCall['body']): void {
  const { entitySet, name, type = 'Edm.String' } = body;
  if (typeof name !== 'string' || typeof type !== 'string' || !FIELD_TYPES.includes(type))
    throw new ControlError(
      400,
      `\`entitySet\` and \`name\` are required. \`type\` must be one of ${FIELD_TYPES.join(', ')}.`,
    );
  const field = { ...body, name, type } as unknown as ExtensionField;
  if (!state.addField(String(entitySet), field)) throw new ControlError(404, 'There is no such entity set.');
}
