import type { ZendeskClient } from '../../clients/zendesk/client.ts';
import { FarSystemError } from '../../clients/errors.ts';
import type { JobRow } from '../../store/sync/job-rows.ts';
import type { Findings } from '../../store/sync/changes.ts';
import type { SliceRef } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';
import { ORGANIZATIONS, organizationOf, tagOf } from './organization-target.ts';
import { writtenOutcome } from '../sync/target.ts';

/**
 * Adds our tag to an organization that lacks it, by a request of its own: a bulk update would replace all tags, and with
 * them one that an agent has just set.
 */
export async function completeOrganization(
  { store, far }: StepContext,
  _slice: SliceRef,
  row: JobRow,
): Promise<Findings> {
  const id = row.zendeskId ?? '';
  const tag = tagOf(row);
  const askedAt = await store.staging.now();
  const isThere = await far(({ zendesk }) => addTag(zendesk, id, tag));
  if (!isThere) {
    const refusal = 'the organization was deleted before it was tagged.';
    return { marks: [{ ...row.record, state: 'refused', refusal }], gone: { ids: [id], askedAt } };
  }
  const ownTags = [...new Set([...(row.known?.ownTags ?? []), tag])];
  return { outcomes: [writtenOutcome(ORGANIZATIONS, row, id)], written: [{ id, form: organizationOf(row), ownTags }] };
}

async function addTag(zendesk: Pick<ZendeskClient, 'addOrganizationTags'>, id: string, tag: string): Promise<boolean> {
  try {
    await zendesk.addOrganizationTags(id, [tag]);
    return true;
  } catch (error) {
    if (error instanceof FarSystemError && error.kind === 'missing' && error.code === 'RecordNotFound') return false;
    throw error;
  }
}
