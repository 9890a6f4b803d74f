import { RemoteError } from '../../clients/errors.ts';
import { accountChanges } from '../../domain/accounts/plan-account.ts';
import { accountRemark } from '../../domain/accounts/renumbering-remarks.ts';
import { keyOf } from '../../domain/sync/record.ts';
import type { Changes } from '../../store/sync/changes.ts';
import type { RemoteSystems, StepContext } from '../dependencies.ts';
import type { OpenSlice } from '../sync/open-slice.ts';
import { OUTCOME_OF } from '../sync/written.ts';
import { desiredValues, type OrganizationRow } from './organization-row.ts';

/**
 * Adds the tags of the mapping that an organization lacks. This takes a separate request, because a bulk update would replace all
 * tags, including one that an agent has just set. An account whose tags Zendesk does not keep is done without them.
 */
export async function completeOrganization(
  { store, remote }: StepContext,
  { spec }: OpenSlice,
  row: OrganizationRow,
): Promise<Changes> {
  const id = row.zendeskId ?? '';
  const present = row.seen?.ownTags ?? [];
  const missing = spec.mapping.tags.filter((tag) => !present.includes(tag));
  const askedAt = await store.staging.now();
  const added = missing.length === 0 ? NONE_ADDED : await remote(({ zendesk }) => addTags(zendesk, id, missing));
  if (added === 'gone') {
    const refusal = 'the organization was deleted before it was tagged.';
    const transitions = [{ ...keyOf(row.record), state: 'refused' as const, refusal }];
    return { transitions, organizations: { gone: { ids: [id], askedAt } } };
  }
  const kept = missing.filter((tag) => added.tags.includes(tag));
  const { ignored } = accountChanges({ desired: desiredValues(row, spec), known: row.seen });
  const ownTags = [...new Set([...present, ...kept])];
  const remark = accountRemark(row, ignored);
  return {
    outcomes: [{ ...keyOf(row.record), outcome: OUTCOME_OF[row.operation], zendeskId: id, remark }],
    organizations: {
      written: [{ id, written: {}, writtenAt: added.at, ownTags, isShown: false }],
      losesTags: kept.length < missing.length,
    },
  };
}

const NONE_ADDED: { readonly at: string | null; readonly tags: readonly string[] } = { at: null, tags: [] };

/**
 * Adds tags. Zendesk does not say how it answers when tagging is switched off, so a refusal and a 403 count as tags that
 * are not kept (Zendesk docs, Tags). Another lack of privileges shows at the other writes.
 */
async function addTags(
  zendesk: RemoteSystems['zendesk'],
  id: string,
  tags: readonly string[],
): Promise<{ at: string | null; tags: readonly string[] } | 'gone'> {
  try {
    return await zendesk.addOrganizationTags(id, tags);
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    if (error.kind === 'missing' && error.code === 'RecordNotFound') return 'gone';
    if (error.kind === 'forbidden' || error.kind === 'refused') return NONE_ADDED;
    throw error;
  }
}
