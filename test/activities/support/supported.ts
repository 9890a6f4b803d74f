import type { SupportTicket } from '../../../domain/support/support-ticket.ts';
import type { StepTests } from '../../fixtures/step-context.ts';
import type { ChangeSettings, TestRun } from '../../fixtures/test-run.ts';

/** A run of a connection whose customer A1 is in F&O and has an organization. */
export interface Supported {
  readonly run: TestRun;
  readonly organization: string;
}

/** Begins a run of such a connection. `memo`: the text of users on the account. */
export async function beginSupported(
  at: StepTests,
  { memo = '', change }: { memo?: string; change?: ChangeSettings } = {},
): Promise<Supported> {
  const run = await at.begin(change);
  await enterCustomer(at, run, { key: 'A1', memo });
  await at.write(run, run.customer('A1'));
  const [record] = (await at.store.records.list(run.connectionId, {})).items;
  return { run, organization: record?.zendeskId ?? '' };
}

/** Adds a customer in F&O with this text of users. */
export async function enterCustomer(
  { sandbox }: StepTests,
  { legalEntity }: TestRun,
  { key, memo }: { key: string; memo: string },
): Promise<void> {
  const values = { OrganizationName: `${legalEntity} ${key}`, SalesMemo: memo };
  await sandbox.control('PUT', `/state/dynamics/customers/${legalEntity}/${key}`, values);
}

/** Returns the text of a customer in F&O. */
export async function memoOf({ sandbox }: StepTests, { legalEntity }: TestRun, key = 'A1'): Promise<string> {
  const path = `/state/dynamics/customers/${legalEntity}/${key}`;
  const { values } = await sandbox.control<{ values: { SalesMemo?: string } }>('GET', path);
  return values.SalesMemo ?? '';
}

/** Returns an open ticket of an organization, with default values for all members that are not given. */
export function ticketOf(id: string, organizationId: string, members: Partial<SupportTicket> = {}): SupportTicket {
  return {
    ...{ id, organizationId, requesterId: '81', status: 'open', priority: null, satisfaction: null },
    ...{ createdAt: '2026-11-20T10:00:00Z', updatedAt: '2026-11-21T10:00:00Z', solvedAt: null },
    ...members,
  };
}

/** Stores tickets as counted. */
export async function countTickets(
  { store }: StepTests,
  { connectionId }: TestRun,
  ...tickets: SupportTicket[]
): Promise<void> {
  await store.tickets.record(connectionId, { tickets, askedAt: await store.staging.now() });
}
