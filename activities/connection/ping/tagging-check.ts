import { entitiesOf } from '../../../domain/entities.ts';
import { mappedParts } from '../../../domain/sync/mapping.ts';
import { taggingAfter, taggingOff } from '../../../domain/sync/tagging.ts';
import type { Store } from '../../../store/store.ts';
import type { RemoteSystems } from '../../dependencies.ts';
import { ok, type Check, type CheckResult } from './check.ts';

/** Creates the check of whether Zendesk keeps the tags of organizations. */
export function taggingCheck(
  { zendesk, connection }: RemoteSystems,
  { taggingChecks }: Pick<Store, 'taggingChecks'>,
): Check {
  const entities = entitiesOf(connection).filter(({ target }) => target === 'organization');
  const { tags } = mappedParts(entities.map(({ mapping }) => mapping));
  const run = async (): Promise<CheckResult> => {
    if (tags.length === 0) return ok('No tags are written.');
    const before = await taggingChecks.get(connection.id, 'organization');
    if (!taggingAfter(before, await zendesk.isTaggingOn(), false).isOff)
      return ok('Zendesk keeps tags of organizations.');
    const fix =
      'Enable the tagging of users and organizations in the Admin Center, or ignore this if you need no tags.';
    return { status: 'warn', detail: taggingOff('organization', tags).message, fix };
  };
  return { name: 'zendesk.tagging', system: 'zendesk', run, optional: true };
}
