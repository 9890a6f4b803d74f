import type { Account } from '../account.ts';
import { fireTriggers } from '../triggers/firing.ts';
import type { User } from '../users.ts';
import type { Happening } from './happening.ts';
import { bodyOf } from './happening.ts';
import { organizationHappenings } from './organization-events.ts';
import { mergeHappening, ticketHappenings } from './ticket-events.ts';
import type { ToldUser } from './user-events.ts';
import { identityHappening, membershipHappening, userChanges, userHappening } from './user-events.ts';
import { isForTriggers } from './webhooks.ts';

/** The user behind changes that nobody signed in for. */
const SYSTEM_USER = -1;

/** Lets every change in the account reach the webhooks that subscribed to it and the triggers that it fires. */
export function watchAccount(account: Account): void {
  const { attention, webhooks, organizations, users, identities, memberships, tickets } = account;
  const isHeard = (): boolean => !attention.isQuiet && webhooks.all().some(({ status }) => status === 'active');
  tickets.table.watch((before, after) => {
    if (!isHeard()) return;
    announce(account, ticketHappenings(before, after, attention.actorId ?? SYSTEM_USER));
    if (after) fireTriggers(account, before, after);
  });
  attention.onTicketMerge.push((merged, intoId) => {
    if (isHeard()) announce(account, [mergeHappening(merged, intoId, attention.actorId ?? SYSTEM_USER)]);
  });
  organizations.table.watch((before, after) => {
    if (isHeard()) announce(account, organizationHappenings(account.organizationFields, before, after));
  });
  users.table.watch((before, after) => {
    if (isHeard()) announce(account, happeningsOfUser(account, before, after));
  });
  identities.table.watch((before, after) => {
    const user = isHeard() ? toldUser(account, before?.userId ?? after?.userId) : undefined;
    if (user) announce(account, [identityHappening(user, before, after)]);
  });
  memberships.table.watch((before, after) => {
    const user = isHeard() ? toldUser(account, before?.userId ?? after?.userId) : undefined;
    if (user) announce(account, [membershipHappening(user, before, after)]);
  });
  attention.onMerge.push((loser, winnerId) => {
    if (isHeard())
      announce(account, [userHappening(told(account, loser), 'merged', { user: { id: String(winnerId) } })]);
  });
}

function happeningsOfUser(account: Account, before: User | undefined, after: User | undefined): Happening[] {
  if (after) {
    const user = told(account, after);
    return before ? userChanges(account.userFields, before, user) : [userHappening(user, 'created')];
  }
  return before ? [userHappening(told(account, before), 'deleted')] : [];
}

function toldUser(account: Account, id: number | undefined): ToldUser | undefined {
  const row = id === undefined ? undefined : account.users.table.get(id);
  return row && told(account, row);
}

function told({ identities, memberships }: Account, row: User): ToldUser {
  const email = identities.primaryEmail(row.id)?.value ?? '';
  return { row, email, organizationId: memberships.defaultOf(row.id) };
}

function announce(account: Account, happenings: readonly (Happening | undefined)[]): void {
  const { webhooks, deliveries, random, clock, accountId } = account;
  const listening = webhooks.all().filter((webhook) => webhook.status === 'active' && !isForTriggers(webhook));
  for (const happening of happenings) {
    if (!happening) continue;
    const heard = listening.filter(({ subscriptions }) => subscriptions.includes(happening.type));
    if (heard.length === 0) continue;
    const body = bodyOf(happening, { accountId, random, at: clock.now() });
    for (const webhook of heard) deliveries.dispatch(webhook, { eventType: happening.type, body });
  }
}
