import type { RecordKey } from '../../domain/sync/record.ts';
import { accountKindsOf } from '../../domain/connection/connection.ts';
import type { ErpRecord } from '../../domain/sync/erp-record.ts';
import type { SliceRef, Steps } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';
import { contactSettleRequest } from '../contacts/reserve-contacts.ts';
import { settleRequest } from '../accounts/reserve-accounts.ts';

/** Reads again the records that somebody asked for while this run had them, before it lets go of them. */
export async function readAgain(
  context: StepContext,
  input: Parameters<Steps['readAgain']>[0],
): ReturnType<Steps['readAgain']> {
  const { store } = context;
  const keys = await store.planning.marked(input, input);
  if (keys.length === 0) return { records: 0 };
  const readAt = await store.staging.now();
  const records = await stage(context, input, { keys, readAt, unread: input.unread });
  await store.planning.unmark(input, input, readAt);
  return { records: records.size };
}

/**
 * Reads one record and stages it, settled with what is reserved for it. The events of those that F&O does not have are left
 * to tell that themselves.
 */
export async function stageRecord(
  context: StepContext,
  input: Parameters<Steps['stageRecord']>[0],
): ReturnType<Steps['stageRecord']> {
  const { store } = context;
  const { connectionId, legalEntity, kind, key } = input;
  const { settings } = await store.connections.require(connectionId);
  const unread = await store.staging.neverRead(connectionId, settings.dynamics.legalEntities, accountKindsOf(settings));
  const due = input.withDue ? await store.dueRecords.takenBy(input.runId) : [];
  const keys = [...new Set([key, ...due])].map((one) => ({ legalEntity, kind, key: one }));
  const readAt = await store.staging.now();
  const found = await stage(context, input, { keys, readAt, unread });
  const missing = keys.filter((one) => !found.has(one.key.toLowerCase())).map((one) => one.key);
  await store.dueRecords.giveBack(
    input.runId,
    missing.filter((one) => one !== key),
  );
  return { found: found.size > 0, own: !missing.includes(key), unread };
}

/** Answers the keys that F&O has, in lower case. */
async function stage(
  context: StepContext,
  slice: SliceRef,
  wanted: { keys: readonly RecordKey[]; readAt: Date; unread: readonly string[] },
): Promise<ReadonlySet<string>> {
  const { store } = context;
  const { runId, connectionId, kind } = slice;
  const records = await read(context, slice, wanted.keys);
  const keys = new Set(records.map(({ key }) => key.toLowerCase()));
  if (records.length === 0) return keys;
  await store.staging.addRecords(runId, records, wanted.readAt);
  if (kind === 'contact') {
    await store.contactReservations.prepare(runId, connectionId);
    await store.contactReservations.settleAgain(await contactSettleRequest(context, slice), records);
  } else {
    await store.reservations.prepare(runId, connectionId);
    await store.reservations.settleAgain(await settleRequest(context, slice, wanted.unread), records, []);
  }
  return keys;
}

function read(
  { far }: StepContext,
  { legalEntity, kind }: SliceRef,
  wanted: readonly RecordKey[],
): Promise<readonly ErpRecord[]> {
  const keys = wanted.map(({ key }) => key);
  return far<readonly ErpRecord[]>(({ dynamics }) =>
    kind === 'contact'
      ? dynamics.readContacts({ legalEntity, contactIds: keys })
      : dynamics.readAccounts({ legalEntity, kind, accountNumbers: keys }),
  );
}
