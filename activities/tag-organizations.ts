import { FarSystemError } from '../clients/errors.ts';
import { TAG_OF_KIND } from '../domain/organization.ts';
import type { JobRow } from '../store/jobs.ts';
import type { Findings } from '../store/work.ts';
import type { SliceRef, Steps } from '../workflows/steps.ts';
import type { StepContext } from './dependencies.ts';
import { formOf, writtenOutcome } from './record-jobs.ts';

const ROWS_PER_STEP = 50;

/**
 * Adds our tag to organizations that lack it, one request each: a bulk update would replace all tags, and with them one
 * that an agent has just set.
 */
export async function tagOrganizations(
  { store, far }: StepContext,
  slice: SliceRef,
): ReturnType<Steps['tagOrganizations']> {
  const rows = await store.jobs.rowsIn(slice.connectionId, slice, { state: 'untagged', limit: ROWS_PER_STEP });
  const tag = TAG_OF_KIND[slice.kind];
  for (const row of rows) {
    const askedAt = await store.staging.now();
    const isThere = await far(({ zendesk }) => addTag(zendesk, row.zendeskId ?? '', tag));
    await store.work.record(slice, isThere ? taggedFindings(row, tag) : goneFindings(row, askedAt));
  }
  return { left: rows.length === ROWS_PER_STEP ? 1 : 0 };
}

async function addTag(
  zendesk: { addOrganizationTags(id: string, tags: readonly string[]): Promise<void> },
  id: string,
  tag: string,
): Promise<boolean> {
  try {
    await zendesk.addOrganizationTags(id, [tag]);
    return true;
  } catch (error) {
    if (error instanceof FarSystemError && error.kind === 'missing' && error.code === 'RecordNotFound') return false;
    throw error;
  }
}

function taggedFindings(row: JobRow, tag: string): Findings {
  const ownTags = [...new Set([...(row.known?.ownTags ?? []), tag])];
  return { outcomes: [writtenOutcome(row)], written: [{ id: row.zendeskId ?? '', form: formOf(row), ownTags }] };
}

function goneFindings({ account, zendeskId }: JobRow, askedAt: Date): Findings {
  const refusal = 'the organization was deleted before it was tagged.';
  return { marks: [{ ...account, state: 'refused', refusal }], gone: { ids: [zendeskId ?? ''], askedAt } };
}
