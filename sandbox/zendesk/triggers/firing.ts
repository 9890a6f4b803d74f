import type { Account } from '../account.ts';
import type { Ticket } from '../tickets.ts';
import { FOR_TRIGGERS, isForTriggers } from '../webhooks/webhooks.ts';
import { meets } from './conditions.ts';
import { render } from './placeholders.ts';
import type { Action } from './triggers.ts';

/** Runs the active triggers for a ticket that was created or changed. Only actions with a webhook have an effect. */
export function fireTriggers(account: Account, before: Ticket | undefined, after: Ticket): void {
  const change = { before, after, actorId: account.changeContext.actorId };
  for (const trigger of account.triggers.all()) {
    if (!trigger.active || !meets(trigger, change)) continue;
    for (const action of trigger.actions) notify(account, action, after);
  }
}

function notify(account: Account, { field, value }: Action, ticket: Ticket): void {
  if (field !== 'notification_webhook' || typeof value === 'string') return;
  const [id, template] = value;
  const webhook = account.webhooks.find(String(id));
  if (webhook?.status !== 'active' || !isForTriggers(webhook)) return;
  const body = typeof template === 'string' ? render(template, account, ticket) : '';
  account.deliveries.dispatch(webhook, { eventType: FOR_TRIGGERS, body });
}
