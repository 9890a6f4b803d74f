import type { Account } from './account.ts';
import { Refusal } from './refusal.ts';

/** What Zendesk adds to a ticket that was merged into another (seen in exports of real accounts). */
const TAG = 'closed_by_merge';

/**
 * Merges tickets into another as an agent does: each is closed for good with a tag and a comment, the other one gets a comment
 * and keeps its status, organization and requester. Throws the 422 for a ticket that is closed already, or is the other one.
 */
export function mergeTickets({ attention, tickets }: Account, ids: readonly number[], intoId: number): void {
  const into = tickets.require(intoId);
  if (into.status === 'closed' || ids.includes(intoId))
    throw new Refusal(422, { error: 'RecordInvalid', description: 'Target ticket cannot be merged into' });
  for (const id of ids) {
    const { subject, tags } = tickets.require(id);
    const comment = `This request was closed and merged into request #${intoId} "${into.subject}".`;
    const merged = tickets.update(id, { comment, status: 'closed', tags: [...tags, TAG] });
    for (const tell of attention.onTicketMerge) tell(merged, intoId);
    tickets.update(intoId, { comment: `Request #${id} "${subject}" was closed and merged into this request.` });
  }
}
