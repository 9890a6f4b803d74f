import type { RunRef } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';
import type { OpenTarget } from '../sync/open-slice.ts';
import type { PageRead } from '../sync/target.ts';
import { readKeepingTickets } from './unsolved-tickets.ts';

/** The maximum number of users in one request (Zendesk docs, Show Many Users). */
const PAGE = 100;

interface Page {
  readonly target: OpenTarget;
  readonly after: string;
}

/**
 * Reads one page of the linked users that have a mapped field with an unknown value, usually none. The first page also
 * reads the tickets that keep users in organizations.
 */
export async function readUnknownUsers(context: StepContext, run: RunRef, { target, after }: Page): Promise<PageRead> {
  if (after === '') await readKeepingTickets(context, run);
  const attributes = target.entities.flatMap(({ mapping }) => Object.keys(mapping.attributes));
  const fields = ['external_id', 'name', ...attributes, ...target.mapped.fields];
  const ids = await context.store.users.unknownIds(run.connectionId, fields, { after, limit: PAGE });
  return show(context, run, { target, ids });
}

/**
 * Reads one page of linked users and records deleted ones. The first page also allows refused memberships to be tried
 * again.
 */
export async function compareUsers(context: StepContext, run: RunRef, { target, after }: Page): Promise<PageRead> {
  const { users } = context.store;
  if (after === '') await users.forgetRefusals(run.connectionId);
  return show(context, run, { target, ids: await users.linkedIds(run.connectionId, { after, limit: PAGE }) });
}

async function show(
  { store, remote }: StepContext,
  { runId, connectionId }: RunRef,
  { target: { mapped }, ids }: { target: OpenTarget; ids: readonly string[] },
): Promise<PageRead> {
  if (ids.length === 0) return { seen: 0, next: null };
  const askedAt = await store.staging.now();
  const items = await remote(({ zendesk }) => zendesk.showUsers({ ids }));
  const shown = new Set(items.map(({ id }) => id));
  const gone = { ids: ids.filter((id) => !shown.has(id)), askedAt };
  await store.changes.record({ runId, connectionId }, { users: { seen: { items, askedAt, mapped }, gone } });
  return { seen: items.length, next: ids.length < PAGE ? null : (ids.at(-1) ?? null) };
}
