import { entitiesOf, kindsOf } from '../../domain/entities.ts';
import type { TargetName } from '../../domain/entity-spec.ts';
import type { RecordKey } from '../../domain/sync/record.ts';
import type { Steps } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';
import { targetOf } from '../targets.ts';
import { openSlice, openTarget, type OpenSlice } from './open-slice.ts';
import { MAX_ATTEMPTS_OF_RECORD } from './reading/read-records.ts';
import { keepUnread, readAvailable } from './schema/available-columns.ts';
import { checkFieldsBeforeResync } from './schema/check-fields.ts';

/**
 * Reads the records again that another run asked for while this run had claimed them, before it releases the claims. Also
 * plans the accounts again whose plain name has become free by the writes of this run.
 */
export async function readAgain(
  context: StepContext,
  input: Parameters<Steps['readAgain']>[0],
): ReturnType<Steps['readAgain']> {
  const { store } = context;
  const keys = await store.planning.marked(input, input);
  const slice = await openSlice(store, input);
  const givenBack = (await targetOf(slice.target).giveBack?.(context, slice, input.incompleteEntities)) ?? 0;
  if (keys.length === 0) return { records: givenBack };
  const readAt = await store.staging.now();
  const records = await stage(context, slice, { keys, readAt, incompleteEntities: input.incompleteEntities });
  await store.planning.unmark(input, input, readAt);
  return { records: records.size + givenBack };
}

/**
 * Reads one record and stages it with its reservations, together with due records if `withDue` is set. Due records that
 * F&O does not have are released, so that their own events report them as not found.
 */
export async function stageRecord(
  context: StepContext,
  input: Parameters<Steps['stageRecord']>[0],
): ReturnType<Steps['stageRecord']> {
  const { store } = context;
  const { connectionId, legalEntity, kind, key } = input;
  const opened = await openSlice(store, input);
  const wasChecked = await checkFieldsBeforeResync(context, { run: input, target: opened.target });
  const slice = wasChecked ? await openSlice(store, input) : opened;
  const { dynamics } = slice.connection.settings;
  const accounts: TargetName = 'organization';
  const kinds = kindsOf(entitiesOf(slice.connection), accounts);
  const incompleteEntities = await store.staging.neverRead(connectionId, dynamics.legalEntities, kinds);
  const due = input.withDue ? await store.dueRecords.takenBy(input.runId) : [];
  const keys = [...new Set([key, ...due])].map((one) => ({ legalEntity, kind, key: one }));
  const readAt = await store.staging.now();
  const found = await stage(context, slice, { keys, readAt, incompleteEntities });
  const missing = keys.filter((one) => !found.has(one.key.toLowerCase())).map((one) => one.key);
  await store.dueRecords.release(
    input.runId,
    missing.filter((one) => one !== key),
  );
  return { found: found.size > 0, own: !missing.includes(key), incompleteEntities };
}

/** Stages records. Returns the keys that F&O has, in lower case. */
async function stage(
  context: StepContext,
  slice: OpenSlice,
  wanted: { keys: readonly RecordKey[]; readAt: Date; incompleteEntities: readonly string[] },
): Promise<ReadonlySet<string>> {
  const { store } = context;
  const { legalEntity } = slice;
  const keys = wanted.keys.map(({ key }) => key);
  const isLastAttempt = context.attempt >= MAX_ATTEMPTS_OF_RECORD;
  const found = await readAvailable(context, slice, (dynamics, entity) =>
    dynamics.readRecords({ entity, legalEntity, keys, isLastAttempt }),
  );
  const records = await keepUnread(context, slice, found);
  if (records.length > 0) {
    await store.staging.addRecords(slice, records, wanted.readAt);
    const { incompleteEntities } = wanted;
    const opened = await openTarget(store, slice, slice.target);
    await targetOf(slice.target).readRejected?.(context, slice, { target: opened, asked: false });
    await targetOf(slice.target).reserveAgain(context, slice, { keys: records, incompleteEntities });
  }
  return new Set(records.map(({ key }) => key.toLowerCase()));
}
