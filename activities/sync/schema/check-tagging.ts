import { RemoteError } from '../../../clients/errors.ts';
import { entitiesOf } from '../../../domain/entities.ts';
import { mappedParts } from '../../../domain/sync/mapping.ts';
import { taggingAfter, taggingOff } from '../../../domain/sync/tagging.ts';
import type { StepContext } from '../../dependencies.ts';
import type { FieldsOfRun } from './check-fields.ts';

/**
 * Checks whether Zendesk keeps tags, if tags are written: in the first run, and in every run while it does not keep
 * them. A full comparison tries tags again that were lost for an unknown reason.
 */
export async function checkTagging(
  context: StepContext,
  { run, target, full }: FieldsOfRun & { readonly full: boolean },
): Promise<void> {
  const { store } = context;
  const before = await store.taggingChecks.get(run.connectionId, target);
  if (before?.isOff === false) return;
  const tags = await tagsOf(context, { run, target });
  if (tags.length === 0) return;
  const state = taggingAfter(before, await readShown(context), full);
  await store.taggingChecks.save(run.connectionId, target, state);
  if (state.isOff) await store.runs.addNote(run.runId, taggingOff(target, tags));
}

/** Remembers that Zendesk did not keep tags, together with what its settings say now, and adds a note to the run. */
export async function tagsNotKept(context: StepContext, { run, target }: FieldsOfRun): Promise<void> {
  const { store } = context;
  const shown = await readShown(context);
  await store.taggingChecks.save(run.connectionId, target, { isOff: true, shown });
  await store.runs.addNote(run.runId, taggingOff(target, await tagsOf(context, { run, target })));
}

function readShown({ remote }: StepContext): Promise<boolean | null> {
  return remote(({ zendesk }) => zendesk.isTaggingOn()).catch(nullIfHidden);
}

async function tagsOf({ store }: StepContext, { run, target }: FieldsOfRun): Promise<readonly string[]> {
  const entities = entitiesOf(await store.connections.require(run.connectionId));
  return mappedParts(entities.filter((spec) => spec.target === target).map(({ mapping }) => mapping)).tags;
}

/** Returns null when Zendesk does not show its settings to the token. */
function nullIfHidden(error: unknown): null {
  if (error instanceof RemoteError && (error.kind === 'forbidden' || error.kind === 'missing')) return null;
  throw error;
}
