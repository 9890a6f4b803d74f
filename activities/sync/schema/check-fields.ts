import { RemoteError } from '../../../clients/errors.ts';
import { entitiesOf, fieldsOf } from '../../../domain/entities.ts';
import type { TargetName } from '../../../domain/entity-spec.ts';
import {
  checkFields,
  fieldFingerprint,
  fieldProblem,
  fieldRecreated,
  type SuspendedField,
} from '../../../domain/sync/field-check.ts';
import type { FieldMapping } from '../../../domain/sync/mapping.ts';
import type { FieldCheckToStore, StoredFieldCheck } from '../../../store/connection/field-checks.ts';
import type { RunRef } from '../../../workflows/steps.ts';
import type { StepContext } from '../../dependencies.ts';

/** A run with one of its targets, whose custom fields are checked. */
export interface FieldsOfRun {
  readonly run: Pick<RunRef, 'runId' | 'connectionId'>;
  readonly target: TargetName;
}

/**
 * Checks the custom fields at the beginning of a run if necessary: when the needed fields have changed, when Zendesk
 * seems to have changed fields, when a field is suspended, or in a full comparison. Creates missing fields, and
 * suspends those that cannot be written. A field whose creation Zendesk refused is created again only in a full comparison.
 */
export async function checkFieldsAtStart(
  context: StepContext,
  { run, target, full }: FieldsOfRun & { readonly full: boolean },
): Promise<void> {
  const state = await readState(context, { run, target });
  const mustCheck = isDue(state);
  const hasSuspended = (state.before?.suspended.length ?? 0) > 0;
  const mayCreate = (key: string): boolean => mustCheck || full || !wasRefused(state, key);
  if (mustCheck || full || hasSuspended) await runCheck(context, { run, target }, { ...state, mayCreate });
}

/**
 * Checks the custom fields before a resync if they have not been checked since the needed fields changed. Zendesk
 * drops values of fields that do not exist without an error. Returns whether it has checked them.
 */
export async function checkFieldsBeforeResync(context: StepContext, ref: FieldsOfRun): Promise<boolean> {
  const state = await readState(context, ref);
  if (!isDue(state)) return false;
  await runCheck(context, ref, state);
  return true;
}

/**
 * Checks the custom fields during a run, at most once: when Zendesk seems to have changed fields, or has refused
 * records. Returns whether the written fields have changed.
 */
export async function checkFieldsAgain(
  context: StepContext,
  { run, target, hasRefusals }: FieldsOfRun & { readonly hasRefusals: boolean },
): Promise<boolean> {
  const state = await readState(context, { run, target });
  const { before } = state;
  const mustCheck = before === undefined || before.needed === '';
  if (!mustCheck && !hasRefusals) return false;
  const begun = (await context.store.runs.get(run.runId))?.started_at;
  if (before !== undefined && begun !== undefined && before.checkedAt > begun) return false;
  const { created, suspended } = await runCheck(context, { run, target }, state);
  return created !== null || keysOf(suspended) !== keysOf(before?.suspended ?? []);
}

/** Returns whether Zendesk refused to create a field the last time, because a deleted field had its key. */
function wasRefused({ before }: CheckState, key: string): boolean {
  return before?.suspended.some((field) => field.key === key && field.code === 'field_missing') === true;
}

interface CheckState {
  readonly needed: readonly FieldMapping[];
  readonly before: StoredFieldCheck | undefined;
}

function isDue({ needed, before }: CheckState): boolean {
  return before?.needed !== fieldFingerprint(needed);
}

async function readState({ store }: StepContext, { run, target }: FieldsOfRun): Promise<CheckState> {
  const connection = await store.connections.require(run.connectionId);
  return {
    needed: fieldsOf(entitiesOf(connection), target),
    before: await store.fieldChecks.get(run.connectionId, target),
  };
}

async function runCheck(
  context: StepContext,
  { run, target }: FieldsOfRun,
  { needed, before, mayCreate = () => true }: CheckState & { readonly mayCreate?: (key: string) => boolean },
): Promise<FieldCheckToStore> {
  const { store, remote } = context;
  const askedAt = await store.staging.now();
  const existing = await remote(({ zendesk }) => zendesk.listFields(target));
  const found = checkFields(needed, existing);
  const refused: FieldMapping[] = [];
  for (const field of found.missing)
    if (!mayCreate(field.key) || !(await createField(context, target, field))) refused.push(field);
  const isMissing = ({ key }: FieldMapping): boolean => refused.some((field) => field.key === key);
  const created = found.missing.filter((field) => !isMissing(field)).map(({ key }) => key);
  const suspended = [...found.suspended, ...(await findRefused(context, target, refused))];
  const present = needed.filter((field) => !isMissing(field)).map(({ key }) => key);
  const check: FieldCheckToStore = {
    needed: fieldFingerprint(needed),
    present,
    suspended,
    created: created.length > 0 ? { keys: created, askedAt } : null,
  };
  await store.fieldChecks.save(run.connectionId, target, check);
  const recreated = created.filter((key) => before?.present.includes(key) === true);
  await noteResult(context, { run, target }, { needed, suspended, recreated });
  return check;
}

/** Creates a field. Returns false when Zendesk refuses it, for example because a deleted field had the same key. */
async function createField(
  { remote }: StepContext,
  target: TargetName,
  { key, title, type }: FieldMapping,
): Promise<boolean> {
  try {
    await remote(({ zendesk }) => zendesk.createField(target, { key, title, type }));
    return true;
  } catch (error) {
    if (error instanceof RemoteError && error.kind === 'refused') return false;
    throw error;
  }
}

/**
 * Returns which fields stay suspended after a refused creation. Others may exist now, because another process created
 * them.
 */
async function findRefused(
  { remote }: StepContext,
  target: TargetName,
  refused: readonly FieldMapping[],
): Promise<readonly SuspendedField[]> {
  if (refused.length === 0) return [];
  const existing = await remote(({ zendesk }) => zendesk.listFields(target));
  const { missing, suspended } = checkFields(refused, existing);
  return [...suspended, ...missing.map(({ key }) => ({ key, code: 'field_missing' as const, type: null }))];
}

async function noteResult(
  { store }: StepContext,
  { run, target }: FieldsOfRun,
  result: { needed: readonly FieldMapping[]; suspended: readonly SuspendedField[]; recreated: readonly string[] },
): Promise<void> {
  const typeOf = (key: string): string => result.needed.find((field) => field.key === key)?.type ?? 'text';
  for (const field of result.suspended) {
    const { code, message, action } = fieldProblem(target, field, typeOf(field.key));
    await store.runs.addNote(run.runId, { code, message: `${message} ${action}` });
  }
  for (const key of result.recreated) await store.runs.addNote(run.runId, fieldRecreated(target, key));
}

function keysOf(suspended: readonly SuspendedField[]): string {
  return suspended
    .map(({ key }) => key)
    .sort()
    .join(' ');
}
