import type { Steps } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';

const PAGE = 100;

/** Reads one page of linked users as they are now, notes those that are gone, and lets what was once refused be tried again. */
export async function compareUsers(
  { store, far }: StepContext,
  input: Parameters<Steps['compareUsers']>[0],
): ReturnType<Steps['compareUsers']> {
  const { runId, connectionId, after } = input;
  if (after === '') await store.users.forgetRefusals(connectionId);
  const ids = await store.users.linkedIds(connectionId, { after, limit: PAGE });
  if (ids.length === 0) return { seen: 0, next: null };
  const askedAt = await store.staging.now();
  const users = await far(({ zendesk }) => zendesk.showUsers({ ids }));
  const shown = new Set(users.map(({ id }) => id));
  const goneUsers = { ids: ids.filter((id) => !shown.has(id)), askedAt };
  await store.work.record({ runId, connectionId }, { seenUsers: { users, askedAt }, goneUsers });
  return { seen: users.length, next: ids.length < PAGE ? null : (ids.at(-1) ?? null) };
}
