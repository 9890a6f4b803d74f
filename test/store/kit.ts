import { randomUUID } from 'node:crypto';
import type { SeenOrganization } from '../../domain/accounts/organization.ts';
import type { SeenUser } from '../../domain/contacts/user.ts';
import type { TargetName } from '../../domain/entity-spec.ts';
import type { MappedParts } from '../../domain/sync/mapping.ts';
import { keyOf, type ErpRecord } from '../../domain/sync/record.ts';
import type { Changes } from '../../store/sync/changes.ts';
import type { RowToPlan } from '../../store/sync/planning.ts';
import type { Slice } from '../../store/sync/staging.ts';
import type { Store } from '../../store/store.ts';

/** The connection of the store's tests. */
export const CONNECTION = 'contoso';

/** The parts of organizations, and of users, that the mappings of the tests write. */
export const MAPPED: Readonly<Record<TargetName, MappedParts>> = {
  organization: { fields: ['erp_city', 'erp_country'], tags: ['erp_customer'] },
  user: { fields: ['erp_contact_id', 'erp_job_title'], tags: [] },
};

const SHOWN_AT = '2026-11-20T10:00:00Z';

/** Returns an organization as Zendesk shows it; what does not matter in a test is filled in. */
export function shownOrganization(id: string, members: Partial<SeenOrganization> = {}): SeenOrganization {
  const fields = { erp_city: 'Seattle', erp_country: 'USA' };
  const shown = { id, externalId: null, name: `Name of ${id}`, fields, tags: [], updatedAt: SHOWN_AT, deleted: false };
  return { ...shown, ...members };
}

/** Returns a user as Zendesk shows it; what does not matter in a test is filled in. */
export function shownUser(id: string, members: Partial<SeenUser> = {}): SeenUser {
  return {
    id,
    externalId: null,
    name: `Person ${id}`,
    attributes: { phone: null },
    fields: { erp_contact_id: `K-${id}`, erp_job_title: 'Buyer' },
    email: null,
    role: 'end-user',
    isActive: true,
    isSuspended: false,
    organizationId: null,
    updatedAt: SHOWN_AT,
    ...members,
  };
}

/** Returns a time after everything that the store has recorded so far: JavaScript has no fractions of a millisecond. */
export async function askedNow(store: Store): Promise<Date> {
  return new Date((await store.staging.now()).getTime() + 1);
}

/** Records organizations that the export has shown; `cursor` is where it goes on. */
export async function recordOrganizations(store: Store, items: SeenOrganization[], cursor = 0): Promise<void> {
  const seen = { items, askedAt: await askedNow(store), mapped: MAPPED.organization };
  await store.organizations.record(CONNECTION, seen, cursor);
}

/** Records users that Zendesk has shown. */
export async function recordUsers(store: Store, items: SeenUser[]): Promise<void> {
  await store.users.record(CONNECTION, { seen: { items, askedAt: await askedNow(store), mapped: MAPPED.user } });
}

/** Returns the slice of a run that a record belongs to. */
export function sliceOf(runId: string, { legalEntity, kind }: ErpRecord): Slice {
  return { runId, legalEntity, kind, target: kind === 'contact' ? 'user' : 'organization' };
}

/** Begins a master run and stages records of one kind and legal entity in it, registered and ranked; returns the id of the run. */
export async function beginRun(store: Store, records: readonly [ErpRecord, ...ErpRecord[]]): Promise<string> {
  const runId = randomUUID();
  const run = { runId, connectionId: CONNECTION };
  await store.runs.begin({ ...run, workflowId: 'sync', kind: 'master', full: false, acceptShrink: false });
  const slice = sliceOf(runId, records[0]);
  await store.staging.addRecords(slice, records, await store.staging.now());
  if (slice.target === 'user') await store.contactReservations.prepare(run);
  else await store.reservations.prepare({ ...run, kinds: [slice.kind] });
  return runId;
}

/** Ends a run. */
export async function endRun(store: Store, runId: string): Promise<void> {
  await store.reports.finish(runId, { status: 'completed', waitedMs: 0, error: null });
}

/** Records what a run found out. */
export async function recordChanges(store: Store, runId: string, changes: Changes): Promise<void> {
  await store.changes.record({ runId, connectionId: CONNECTION }, changes);
}

/** Links a record to an organization or user in a run of its own. */
export async function link(store: Store, record: ErpRecord, zendeskId: string): Promise<void> {
  const runId = await beginRun(store, [record]);
  await recordChanges(store, runId, { outcomes: [{ ...keyOf(record), outcome: 'created', zendeskId }] });
  await endRun(store, runId);
}

/** Returns what planning would know of a record in a run that reads it now. */
export async function planningRow<Seen>(store: Store, record: ErpRecord): Promise<RowToPlan<Seen>> {
  const runId = await beginRun(store, [record]);
  const [row] = await store.planning.rows<Seen, unknown>(CONNECTION, sliceOf(runId, record), { after: '', limit: 1 });
  await store.runs.abandon(runId);
  if (row === undefined) throw new Error(`${record.key} is not to be planned.`);
  return row;
}
