import type { Steps } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';
import { targetOf } from '../targets.ts';
import { checkFieldsAgain, checkFieldsAtStart } from './schema/check-fields.ts';
import { openTarget } from './open-slice.ts';
import { checkTagging } from './schema/check-tagging.ts';
import { mayPrepare } from './scope/may-write.ts';

/**
 * Checks the custom fields and the tagging, and reads one page of changes in Zendesk. If the last page shows that fields
 * have changed, checks them once more, and the reading continues with the current fields. Without a go for any of the
 * kinds, no field is created, so nothing is checked.
 */
export async function readZendeskChanges(
  context: StepContext,
  input: Parameters<Steps['readZendeskChanges']>[0],
): ReturnType<Steps['readZendeskChanges']> {
  const { target, after, full } = input;
  let opened = await openTarget(context.store, input, target);
  const isPrepared = await mayPrepare(context.store, input, opened);
  if (after === '' && isPrepared) {
    await checkFieldsAtStart(context, { run: input, target, full });
    await checkTagging(context, { run: input, target, full });
    opened = await openTarget(context.store, input, target);
  }
  const page = await targetOf(target).readChanges(context, input, { target: opened, after });
  if (page.next !== null || !isPrepared) return page;
  const haveChanged = await checkFieldsAgain(context, { run: input, target, hasRefusals: false });
  return haveChanged ? { ...page, next: '0' } : page;
}

/** Reads one page of linked organizations or users for a full comparison. */
export async function compareWithZendesk(
  context: StepContext,
  input: Parameters<Steps['compareWithZendesk']>[0],
): ReturnType<Steps['compareWithZendesk']> {
  const { target, after } = input;
  const opened = await openTarget(context.store, input, target);
  return targetOf(target).compare(context, input, { target: opened, after });
}

/** Registers and ranks the records that were read. Reads newly what records could belong to that a person retries. */
export async function rankRecords(
  context: StepContext,
  input: Parameters<Steps['rankRecords']>[0],
): ReturnType<Steps['rankRecords']> {
  const opened = await openTarget(context.store, input, input.target);
  const target = targetOf(input.target);
  await target.rank(context, input, opened);
  await target.readRejected?.(context, input, { target: opened, asked: true });
}

/** Reserves external ids, names and addresses for one page of records. */
export async function reserveRecords(
  context: StepContext,
  input: Parameters<Steps['reserveRecords']>[0],
): ReturnType<Steps['reserveRecords']> {
  const { target, after, incompleteEntities } = input;
  const opened = await openTarget(context.store, input, target);
  return { next: await targetOf(target).reserve(context, input, { target: opened, after, incompleteEntities }) };
}
