import { RemoteError } from '../../clients/errors.ts';
import type { ZendeskClient } from '../../clients/zendesk/client.ts';
import type { WireConnectionInput, WireConnectionResult } from '../../workflows/contract.ts';
import type { StepContext } from '../dependencies.ts';

/** Events that affect the support load of an account, or users that are linked to contacts. */
const SUBSCRIPTIONS = [
  'ticket.created',
  'ticket.status_changed',
  'ticket.priority_changed',
  'ticket.organization_changed',
  'ticket.requester_changed',
  'ticket.csat_received',
  'ticket.merged',
  'ticket.soft_deleted',
  'ticket.undeleted',
  'ticket.marked_as_spam',
  'user.deleted',
  'user.merged',
  'user.active_changed',
  'user.suspended_changed',
  'user.role_changed',
  'user.organization_membership_created',
  'user.organization_membership_deleted',
].map((type) => `zen:event-type:${type}`);

/** The subscription of a webhook that a trigger calls. */
const TRIGGER_SUBSCRIPTION = 'conditional_ticket_events';

/**
 * The body of our trigger. It contains ids only, because placeholders are not escaped and the ticket is read anyway.
 */
const TRIGGER_BODY = '{"ledgerdesk": 1, "ticket_id": "{{ticket.id}}"}';

/**
 * Creates the webhook of a connection, or updates the one with its name, and stores its signing secret. If Zendesk does
 * not allow subscriptions to tickets, a trigger calls the webhook. Only the reconcile detects changes of users then.
 */
export async function wireZendesk(context: StepContext, input: WireConnectionInput): Promise<WireConnectionResult> {
  const { store, remote } = context;
  const { id, hooks } = await store.connections.require(input.connectionId);
  const endpoint = `${input.publicUrl}/webhooks/zendesk/${hooks.zendesk}`;
  const name = `Ledgerdesk ${id}`;
  const { webhookId, by } = await remote(({ zendesk }) => wire(zendesk, { name, endpoint }));
  const secret = await remote(({ zendesk }) => zendesk.signingSecret(webhookId));
  await store.credentials.replace(id, { 'zendesk.webhookSecret': secret });
  return { webhookId, by };
}

async function wire(
  zendesk: ZendeskClient,
  { name, endpoint }: { name: string; endpoint: string },
): Promise<WireConnectionResult> {
  const existing = (await zendesk.listWebhooks(name)).find((webhook) => webhook.name === name);
  if (existing !== undefined) {
    await zendesk.updateWebhook(existing.id, { endpoint, isActive: true });
    if (!existing.subscriptions.includes(TRIGGER_SUBSCRIPTION)) return { webhookId: existing.id, by: 'subscription' };
    return wireTrigger(zendesk, { name, webhookId: existing.id });
  }
  try {
    const { id } = await zendesk.createWebhook({ name, endpoint, subscriptions: SUBSCRIPTIONS });
    return { webhookId: id, by: 'subscription' };
  } catch (error) {
    if (!(error instanceof RemoteError) || error.kind !== 'refused') throw error;
    const { id } = await zendesk.createWebhook({ name, endpoint, subscriptions: [TRIGGER_SUBSCRIPTION] });
    return wireTrigger(zendesk, { name, webhookId: id });
  }
}

async function wireTrigger(
  zendesk: ZendeskClient,
  { name: title, webhookId }: { name: string; webhookId: string },
): Promise<WireConnectionResult> {
  const form = { title, webhookId, body: TRIGGER_BODY };
  const existing = (await zendesk.listTriggers()).find((trigger) => trigger.title === title);
  if (existing === undefined) await zendesk.createTrigger(form);
  else await zendesk.updateTrigger(existing.id, form);
  return { webhookId, by: 'trigger' };
}
