import type { RecordKey } from '../domain/record.ts';
import { accountKindsOf } from '../domain/connection.ts';
import type { ErpRecord } from '../domain/erp-record.ts';
import type { SliceRef, Steps } from '../workflows/steps.ts';
import type { StepContext } from './dependencies.ts';
import { contactSettleRequest } from './settle-contacts.ts';
import { settleRequest } from './settle.ts';

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
  return { records };
}

/** Reads one record and stages it, settled with what is reserved for it. */
export async function stageRecord(
  context: StepContext,
  input: Parameters<Steps['stageRecord']>[0],
): ReturnType<Steps['stageRecord']> {
  const { store } = context;
  const { connectionId, legalEntity, kind, key } = input;
  const { settings } = await store.connections.require(connectionId);
  const unread = await store.staging.neverRead(connectionId, settings.dynamics.legalEntities, accountKindsOf(settings));
  const readAt = await store.staging.now();
  const records = await stage(context, input, { keys: [{ legalEntity, kind, key }], readAt, unread });
  return { found: records > 0, unread };
}

async function stage(
  context: StepContext,
  slice: SliceRef,
  wanted: { keys: readonly RecordKey[]; readAt: Date; unread: readonly string[] },
): Promise<number> {
  const { store } = context;
  const { runId, connectionId, kind } = slice;
  const records = await read(context, slice, wanted.keys);
  if (records.length === 0) return 0;
  await store.staging.addRecords(runId, records, wanted.readAt);
  if (kind === 'contact') {
    await store.contactReservations.prepare(runId, connectionId);
    await store.contactReservations.settleAgain(await contactSettleRequest(context, slice), records);
  } else {
    await store.reservations.prepare(runId, connectionId);
    await store.reservations.settleAgain(await settleRequest(context, slice, wanted.unread), records, []);
  }
  return records.length;
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
