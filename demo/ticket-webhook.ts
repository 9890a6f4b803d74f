import { createHmac } from 'node:crypto';
import { control, waitFor, zendesk } from './control.ts';
import type { Sandbox } from './processes.ts';

/**
 * The statuses that Ledgerdesk returned for a webhook of Zendesk, for a copy of it, and for a copy with a changed body.
 */
export interface TicketWebhookStatuses {
  readonly webhook: number | null;
  readonly copy: number;
  readonly tampered: number;
}

interface Delivery {
  readonly body: string;
  readonly attempts: readonly { readonly statusCode: number | null }[];
}

/**
 * Creates an urgent ticket of a customer, waits for Zendesk's webhook, and sends it again: unchanged, and with a
 * changed body.
 */
export async function openTicket(
  sandbox: Sandbox,
  at: { hook: string; webhookId: string; organizationId: string },
): Promise<TicketWebhookStatuses> {
  const { users } = await zendesk<{ users: { id: number }[] }>(sandbox, `organizations/${at.organizationId}/users`);
  const [requester] = users;
  if (!requester) throw new Error('The customer of the demo has no users in Zendesk.');
  await control(sandbox, 'POST /state/zendesk/tickets', {
    requester_id: requester.id,
    organization_id: Number(at.organizationId),
    subject: 'The delivery has not arrived',
    status: 'open',
    priority: 'urgent',
  });
  const { body, attempts } = await waitFor('Zendesk has sent the webhook', async () => {
    const call = `GET /state/zendesk/deliveries?webhookId=${at.webhookId}`;
    const { items } = await control<{ items: Delivery[] }>(sandbox, call);
    return items.find((delivery) => delivery.attempts.length > 0);
  });
  const headers = await signatureOf(sandbox, at.webhookId, body);
  return {
    webhook: attempts[0]?.statusCode ?? null,
    copy: await post(at.hook, body, headers),
    tampered: await post(at.hook, body.replace(/"subject":\s*"zen:ticket:\d+"/, '"subject":"zen:ticket:1"'), headers),
  };
}

type Headers = Readonly<Record<string, string>>;

async function signatureOf(sandbox: Sandbox, webhookId: string, body: string): Promise<Headers> {
  const path = `webhooks/${webhookId}/signing_secret`;
  const { signing_secret } = await zendesk<{ signing_secret: { secret: string } }>(sandbox, path);
  const timestamp = new Date().toISOString();
  return {
    'content-type': 'application/json',
    'x-zendesk-webhook-signature': createHmac('sha256', signing_secret.secret)
      .update(timestamp + body)
      .digest('base64'),
    'x-zendesk-webhook-signature-timestamp': timestamp,
  };
}

async function post(hook: string, body: string, headers: Headers): Promise<number> {
  return (await fetch(hook, { method: 'POST', body, headers })).status;
}
