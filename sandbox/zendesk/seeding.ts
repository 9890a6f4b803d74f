import type { Account } from './account.ts';
import { quietly } from './attention.ts';
import { readOrganization } from './organization-input.ts';
import type { Organization } from './organizations.ts';
import { readTicket } from './ticket-input.ts';
import type { Ticket } from './tickets.ts';
import type { WireObject } from './wire-input.ts';
import { idOrNull, textOrNull } from './wire-input.ts';
import { nowS } from './wire-time.ts';

/** Stores an organization as given, unjudged; `id`, `created_at` and `updated_at` may be set. */
export function seedOrganization({ organizations }: Account, input: WireObject): Organization {
  const draft = organizations.draft(readOrganization(input).changes);
  const createdAtS = secondsOf(input['created_at']) ?? draft.createdAtS;
  const updatedAtS = secondsOf(input['updated_at']) ?? createdAtS;
  const row = { ...draft, id: idOrNull(input['id']) ?? draft.id, createdAtS, updatedAtS };
  organizations.put(row);
  return row;
}

/** Stores a ticket as given, without an event when `created_at` is named; its times may be set, and `generated_timestamp` follows `updated_at`. Throws the 422 for a requester that is missing. */
export function seedTicket({ attention, tickets, users, memberships, clock }: Account, input: WireObject): Ticket {
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
  else quietly(attention, store);
  return seeded;
}

function secondsOf(value: unknown): number | undefined {
  const text = textOrNull(value);
  return text === null ? undefined : Math.floor(Date.parse(text) / 1000);
}
