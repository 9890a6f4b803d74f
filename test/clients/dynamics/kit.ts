import { createDynamicsClient, type DynamicsClient } from '../../../clients/dynamics/client.ts';
import type { TokenSource } from '../../../clients/entra/tokens.ts';
import { startLoopback, type Loopback, type LoopbackHandler, type LoopbackReply } from '../../fixtures/loopback.ts';
import { httpTo } from '../kit.ts';

let server: Loopback | undefined;

/** The server of the running test, for links that name it. */
export function currentServer(): Loopback | undefined {
  return server;
}

/** Hands out one token for ever. */
const steady: TokenSource = { token: () => Promise.resolve('canary-token-1') };

/** Starts a server and makes a client of it. */
export async function clientOf(
  handler: LoopbackHandler | LoopbackReply,
  tokens: TokenSource = steady,
): Promise<{ erp: Loopback; client: DynamicsClient }> {
  const erp = await startLoopback(typeof handler === 'function' ? handler : () => handler);
  server = erp;
  const entitySets = { customers: 'CustomersV3', vendors: 'VendorsV2' };
  return {
    erp,
    client: createDynamicsClient({ origin: erp.origin, tokens, http: httpTo(erp, 'dynamics'), entitySets }),
  };
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

/** Names the customers of one company. */
export const customers = { legalEntity: 'usmf', kind: 'customer' } as const;
/** A page as F&O sends it. */
export const page = (value: readonly object[], nextLink?: string): LoopbackReply => ({
  headers: { 'content-type': 'application/json; odata.metadata=minimal' },
  body: JSON.stringify({ value, ...(nextLink === undefined ? {} : { '@odata.nextLink': nextLink }) }),
});
