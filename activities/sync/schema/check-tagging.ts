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
  if ((await tagsOf(context, { run, target })).length === 0) return;
  const shown = await readShown(context);
  await store.taggingChecks.save(run.connectionId, target, taggingAfter(before, shown, full));
  await noteTagging(context, { run, target });
}

/** Remembers that Zendesk did not keep tags, together with what its settings say now, and adds a note to the run. */
export async function tagsNotKept(context: StepContext, at: FieldsOfRun): Promise<void> {
  const shown = await readShown(context);
  await context.store.taggingChecks.save(at.run.connectionId, at.target, { isOff: true, shown });
  await noteTagging(context, at);
}

function readShown({ remote }: StepContext): Promise<boolean | null> {
  return remote(({ zendesk }) => zendesk.isTaggingOn()).catch(nullIfHidden);
}

/** Adds a note to a run if tags are not written because Zendesk does not keep them. */
async function noteTagging(context: StepContext, { run, target }: FieldsOfRun): Promise<void> {
  const { store } = context;
  if ((await store.taggingChecks.get(run.connectionId, target))?.isOff !== true) return;
  await store.runs.addNote(run.runId, taggingOff(target, await tagsOf(context, { run, target })));
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
