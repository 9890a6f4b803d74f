import type { Account } from './account.ts';
import { Refusal } from './refusal.ts';

/** The tag of a ticket that was merged into another one (seen in exports of real accounts). */
const TAG = 'closed_by_merge';

/**
 * Merges tickets into another one, as an agent does. Each ticket is closed permanently with a tag and a comment. The
 * other ticket gets a comment and keeps its status, organization and requester. Throws a 422 if the other ticket is
 * closed or in `ids`.
 */
export function mergeTickets({ changeContext, tickets }: Account, ids: readonly number[], intoId: number): void {
  const into = tickets.require(intoId);
  if (into.status === 'closed' || ids.includes(intoId))
    throw new Refusal(422, { error: 'RecordInvalid', description: 'Target ticket cannot be merged into' });
  for (const id of ids) {
    const { subject, tags } = tickets.require(id);
    const comment = `This request was closed and merged into request #${intoId} "${into.subject}".`;
    const merged = tickets.update(id, { comment, status: 'closed', tags: [...tags, TAG] });
    for (const notify of changeContext.onTicketMerge) notify(merged, intoId);
    tickets.update(intoId, { comment: `Request #${id} "${subject}" was closed and merged into this request.` });
  }
}
