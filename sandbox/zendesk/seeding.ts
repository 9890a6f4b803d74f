import type { Account } from './account.ts';
import { silently } from './change-context.ts';
import { readOrganization } from './organization-input.ts';
import type { Organization } from './organizations.ts';
import { readTicket } from './ticket-input.ts';
import type { Ticket } from './tickets.ts';
import type { WireObject } from './wire-input.ts';
import { idOrNull, textOrNull } from './wire-input.ts';
import { nowS } from './wire-time.ts';

/** Stores an organization without validation. `id`, `created_at` and `updated_at` may be set. */
export function seedOrganization({ organizations }: Account, input: WireObject): Organization {
  const draft = organizations.draft(readOrganization(input).changes);
  const createdAtS = secondsOf(input['created_at']) ?? draft.createdAtS;
  const updatedAtS = secondsOf(input['updated_at']) ?? createdAtS;
  const row = { ...draft, id: idOrNull(input['id']) ?? draft.id, createdAtS, updatedAtS };
  organizations.put(row);
  return row;
}

/**
 * Stores a ticket, without an event if `created_at` is given. Its times may be set, and `generated_timestamp` follows
 * `updated_at`. Throws a 404 for an unknown requester.
 */
export function seedTicket({ changeContext, tickets, users, memberships, clock }: Account, input: WireObject): Ticket {
  const requesterId = users.require(idOrNull(input['requester_id']) ?? -1).id;
  const organizationId = memberships.defaultOf(requesterId);
  const row = tickets.draft({
    subject: 'Seeded',
    comment: 'Seeded',
    organizationId,
    ...readTicket(input),
    requesterId,
  });
  const createdAtS = secondsOf(input['created_at']) ?? nowS(clock);
  const updatedAtS = secondsOf(input['updated_at']) ?? createdAtS;
  const satisfaction = textOrNull(input['satisfaction']);
  const solvedAtS = row.solvedAtS === null ? null : (secondsOf(input['solved_at']) ?? updatedAtS);
  const assignedAtS = row.assignedAtS === null ? null : createdAtS;
  const times = { createdAtS, updatedAtS, generatedS: updatedAtS, statusAtS: updatedAtS, solvedAtS, assignedAtS };
  const seeded = { ...row, ...times, satisfaction };
  const store = (): void => tickets.put(seeded);
  if (input['created_at'] === undefined) store();
  else silently(changeContext, store);
  return seeded;
}

function secondsOf(value: unknown): number | undefined {
  const text = textOrNull(value);
  return text === null ? undefined : Math.floor(Date.parse(text) / 1000);
}
