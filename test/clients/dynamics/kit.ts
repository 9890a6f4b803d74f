import { createDynamicsClient, type DynamicsClient } from '../../../clients/dynamics/client.ts';
import { createEntraTokens, type TokenSource } from '../../../clients/entra/tokens.ts';
import type { ErpRecord } from '../../../domain/sync/record.ts';
import { createClock } from '../../../sandbox/core/clock.ts';
import { createFaults } from '../../../sandbox/core/faults.ts';
import { createJournal } from '../../../sandbox/core/journal.ts';
import { createRandom } from '../../../sandbox/core/random.ts';
import { startDynamics } from '../../../sandbox/dynamics/server.ts';
import { startEntra } from '../../../sandbox/entra/server.ts';
import { createTokens } from '../../../sandbox/entra/tokens.ts';
import { specOf } from '../../fixtures/accounts.ts';
import { startLoopback, type Loopback, type LoopbackHandler, type LoopbackReply } from '../../fixtures/loopback.ts';
import { httpTo } from '../kit.ts';

let server: Loopback | undefined;

/** Returns the server of the current test, for links to it. */
export function currentServer(): Loopback | undefined {
  return server;
}

/** A token source that always returns the same token. */
const fixedTokens: TokenSource = { token: () => Promise.resolve('canary-token-1') };

/** Starts a server, and creates a client for it. */
export async function clientOf(
  handler: LoopbackHandler | LoopbackReply,
  tokens: TokenSource = fixedTokens,
): Promise<{ erp: Loopback; client: DynamicsClient }> {
  const erp = await startLoopback(typeof handler === 'function' ? handler : () => handler);
  server = erp;
  const http = httpTo(erp, 'dynamics');
  return { erp, client: createDynamicsClient({ origin: erp.origin, tokens, http }) };
}

/** A row of CustomersV3, as selected. */
export const CUSTOMER = {
  '@odata.etag': 'W/"x"',
  dataAreaId: 'usmf',
  CustomerAccount: 'US-001',
  PartyNumber: '000001',
  PartyType: 'Organization',
  OrganizationName: 'Contoso Retail San Diego',
  KnownAs: '',
  NameAlias: 'Contoso',
  CustomerGroupId: '10',
  SalesCurrencyCode: 'USD',
  PersonFirstName: '',
  PersonMiddleName: '',
  PersonLastNamePrefix: '',
  PersonLastName: '',
  OnHoldStatus: 'No',
  AddressCity: 'San Diego',
  AddressCountryRegionId: 'USA',
};

/** A row of VendorsV2, as selected. */
export const VENDOR = {
  dataAreaId: 'USMF',
  VendorAccountNumber: '1001',
  VendorPartyNumber: '000002',
  VendorPartyType: 'Organization',
  VendorOrganizationName: 'Acme Office Supplies',
  VendorKnownAsName: '',
  VendorSearchName: 'Acme',
  VendorGroupId: '20',
  CurrencyCode: 'EUR',
  PersonFirstName: '',
  PersonMiddleName: '',
  PersonLastNamePrefix: '',
  PersonLastName: '',
  OnHoldStatus: 'All',
  AddressCity: 'Lyon',
  AddressCountryRegionId: 'FRA',
};

/** A row of ContactPersons, as selected. */
export const CONTACT = {
  dataAreaId: 'USMF',
  ContactPersonId: '000001',
  ContactPersonPartyNumber: '000001001',
  AssociatedPartyNumber: '000001',
  ContactPersonName: 'Alicia Thornber',
  FirstName: 'Alicia',
  MiddleName: '',
  LastName: 'Thornber',
  KnownAsName: 'Ali',
  SearchName: 'THORNBER',
  PrimaryEmailAddress: ' Alicia@Contoso.example ',
  PrimaryPhoneNumber: '+1 425 555 0100',
  EmploymentJobTitle: 'Owner',
  IsInactive: 'No',
};

/** The customers of one company. */
export const customers = { legalEntity: 'usmf', entity: specOf('customer') };

/** The vendors of one company. */
export const vendors = { legalEntity: 'usmf', entity: specOf('vendor') };

/** The contacts of one company. */
export const contacts = { legalEntity: 'usmf', entity: specOf('contact') };

/** Reads all records of an entity in one company, page by page. `rows`: the number of rows that F&O sent. */
export async function readAll(
  client: DynamicsClient,
  wanted: typeof customers,
): Promise<{ records: ErpRecord[]; rows: number }> {
  const records: ErpRecord[] = [];
  let rows = 0;
  let nextLink: string | undefined;
  do {
    const page = await client.readRecordsPage({ ...wanted, nextLink });
    records.push(...page.records);
    rows += page.rows;
    nextLink = page.nextLink ?? undefined;
  } while (nextLink !== undefined);
  return { records, rows };
}

/** Returns a page, as F&O sends it. */
export const page = (value: readonly object[], nextLink?: string): LoopbackReply => ({
  headers: { 'content-type': 'application/json; odata.metadata=minimal' },
  body: JSON.stringify({ value, ...(nextLink === undefined ? {} : { '@odata.nextLink': nextLink }) }),
});

const APP = { tenantId: '11111111-2222-3333-4444-555555555555', clientId: '99999999-8888-7777-6666-555555555555' };
const closing: (() => Promise<void>)[] = [];

/** Closes the simulated servers of a test. Call it after each test. */
export async function closeErp(): Promise<void> {
  await Promise.all(closing.splice(0).map((close) => close()));
}

/** Starts a simulated F&O and a simulated Entra, and creates a client for them. */
export async function startErp(pageSize: number): Promise<{
  client: DynamicsClient;
  erp: Awaited<ReturnType<typeof startDynamics>>;
  tokens: ReturnType<typeof createTokens>;
}> {
  const clock = createClock();
  const faults = createFaults({ clock, random: createRandom(3) });
  const journal = createJournal(clock);
  const issued = createTokens();
  const erp = await startDynamics({ journal, faults, tokens: issued });
  const registration = { ...APP, clientSecret: 'a secret', resources: [erp.url] };
  const entra = await startEntra({ clock, journal, faults, tokens: issued, registration });
  closing.push(
    () => erp.close(),
    () => entra.close(),
  );
  const tokens = createEntraTokens({
    ...APP,
    credential: { clientSecret: registration.clientSecret },
    authorityHost: entra.url,
    resource: erp.url,
    http: httpTo({ host: new URL(entra.url).host }, 'entra'),
  });
  const http = httpTo({ host: new URL(erp.url).host }, 'dynamics');
  return { client: createDynamicsClient({ origin: erp.url, tokens, http, pageSize }), erp, tokens: issued };
}
