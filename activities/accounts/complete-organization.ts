import { RemoteError } from '../../clients/errors.ts';
import { accountChanges } from '../../domain/accounts/plan-account.ts';
import { accountRemark } from '../../domain/sync/rejection.ts';
import { keyOf } from '../../domain/sync/record.ts';
import type { Changes } from '../../store/sync/changes.ts';
import type { RemoteSystems, StepContext } from '../dependencies.ts';
import type { OpenSlice } from '../sync/open-slice.ts';
import { OUTCOME_OF } from '../sync/written.ts';
import { desiredValues, type OrganizationRow } from './organization-row.ts';

/**
 * Adds missing tags of ours to an organization. This takes a separate request, because a bulk update would replace all
 * tags, including one that an agent has just set.
 */
export async function completeOrganization(
  { store, remote }: StepContext,
  { spec }: OpenSlice,
  row: OrganizationRow,
): Promise<Changes> {
  const id = row.zendeskId ?? '';
  const present = row.seen?.ownTags ?? [];
  const { tags } = spec.mapping;
  const askedAt = await store.staging.now();
  const added = await remote(({ zendesk }) =>
    addTags(
      zendesk,
      id,
      tags.filter((tag) => !present.includes(tag)),
    ),
  );
  if (added === 'gone') {
    const refusal = 'the organization was deleted before it was tagged.';
    const transitions = [{ ...keyOf(row.record), state: 'refused' as const, refusal }];
    return { transitions, organizations: { gone: { ids: [id], askedAt } } };
  }
  const { ignored } = accountChanges({ desired: desiredValues(row, spec), known: row.seen });
  const ownTags = [...new Set([...present, ...tags])];
  const remark = accountRemark(row.record, ignored);
  return {
    outcomes: [{ ...keyOf(row.record), outcome: OUTCOME_OF[row.operation], zendeskId: id, remark }],
    organizations: { written: [{ id, written: {}, writtenAt: added.at, ownTags, isShown: false }] },
  };
}

async function addTags(
  zendesk: RemoteSystems['zendesk'],
  id: string,
  tags: readonly string[],
): Promise<{ at: string | null } | 'gone'> {
  try {
    return { at: await zendesk.addOrganizationTags(id, tags) };
  } catch (error) {
    if (error instanceof RemoteError && error.kind === 'missing' && error.code === 'RecordNotFound') return 'gone';
    throw error;
  }
}
