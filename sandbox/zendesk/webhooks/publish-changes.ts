import type { Account } from '../account.ts';
import { fireTriggers } from '../triggers/firing.ts';
import type { User } from '../users.ts';
import type { WebhookEvent } from './webhook-event.ts';
import { bodyOf } from './webhook-event.ts';
import { organizationEvents } from './organization-events.ts';
import { mergeEvent, ticketEvents } from './ticket-events.ts';
import type { EventUser } from './user-events.ts';
import { identityEvent, membershipEvent, userChanges, userEvent } from './user-events.ts';
import { isForTriggers } from './webhooks.ts';

/** The actor of changes that no user made. */
const SYSTEM_USER = -1;

/** Sends every change in the account to the webhooks that subscribe to it, and fires triggers. */
export function publishChanges(account: Account): void {
  const { changeContext, webhooks, organizations, users, identities, memberships, tickets } = account;
  const isPublished = (): boolean =>
    !changeContext.isSilent && webhooks.all().some(({ status }) => status === 'active');
  tickets.table.watch((before, after) => {
    if (!isPublished()) return;
    publish(account, ticketEvents(before, after, changeContext.actorId ?? SYSTEM_USER));
    if (after) fireTriggers(account, before, after);
  });
  changeContext.onTicketMerge.push((merged, intoId) => {
    if (isPublished()) publish(account, [mergeEvent(merged, intoId, changeContext.actorId ?? SYSTEM_USER)]);
  });
  organizations.table.watch((before, after) => {
    if (isPublished()) publish(account, organizationEvents(account.organizationFields, before, after));
  });
  users.table.watch((before, after) => {
    if (isPublished()) publish(account, eventsOfUser(account, before, after));
  });
  identities.table.watch((before, after) => {
    const user = isPublished() ? findEventUser(account, before?.userId ?? after?.userId) : undefined;
    if (user) publish(account, [identityEvent(user, before, after)]);
  });
  memberships.table.watch((before, after) => {
    const user = isPublished() ? findEventUser(account, before?.userId ?? after?.userId) : undefined;
    if (user) publish(account, [membershipEvent(user, before, after)]);
  });
  changeContext.onMerge.push((loser, winnerId) => {
    if (isPublished())
      publish(account, [userEvent(eventUserOf(account, loser), 'merged', { user: { id: String(winnerId) } })]);
  });
}

function eventsOfUser(account: Account, before: User | undefined, after: User | undefined): WebhookEvent[] {
  if (after) {
    const user = eventUserOf(account, after);
    return before ? userChanges(account.userFields, before, user) : [userEvent(user, 'created')];
  }
  return before ? [userEvent(eventUserOf(account, before), 'deleted')] : [];
}

function findEventUser(account: Account, id: number | undefined): EventUser | undefined {
  const row = id === undefined ? undefined : account.users.table.get(id);
  return row && eventUserOf(account, row);
}

function eventUserOf({ identities, memberships }: Account, row: User): EventUser {
  const email = identities.primaryEmail(row.id)?.value ?? '';
  return { row, email, organizationId: memberships.defaultOf(row.id) };
}

function publish(account: Account, events: readonly (WebhookEvent | undefined)[]): void {
  const { webhooks, deliveries, random, clock, accountId } = account;
  const active = webhooks.all().filter((webhook) => webhook.status === 'active' && !isForTriggers(webhook));
  for (const event of events) {
    if (!event) continue;
    const subscribed = active.filter(({ subscriptions }) => subscriptions.includes(event.type));
    if (subscribed.length === 0) continue;
    const body = bodyOf(event, { accountId, random, at: clock.now() });
    for (const webhook of subscribed) deliveries.dispatch(webhook, { eventType: event.type, body });
  }
}
