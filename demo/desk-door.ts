import { createHmac } from 'node:crypto';
import { control, until, zendesk } from './control.ts';
import type { Sandbox } from './processes.ts';

/** What our door answered to Zendesk: to a webhook, to a copy of it, and to a copy that somebody has changed on the way. */
export interface DeskDoor {
  readonly webhook: number | null;
  readonly copy: number;
  readonly tampered: number;
}

interface Delivery {
  readonly body: string;
  readonly attempts: readonly { readonly statusCode: number | null }[];
}

/** Lets a customer open an urgent ticket, waits for Zendesk's webhook, and sends it again: as it was, and tampered with. */
export async function openTicket(
  sandbox: Sandbox,
  at: { hook: string; webhookId: string; organizationId: string },
): Promise<DeskDoor> {
  const { users } = await zendesk<{ users: { id: number }[] }>(sandbox, `organizations/${at.organizationId}/users`);
  const [requester] = users;
  if (!requester) throw new Error('The customer of the demo has no users.');
  await control(sandbox, 'POST /state/zendesk/tickets', {
    requester_id: requester.id,
    organization_id: Number(at.organizationId),
    subject: 'The delivery has not come',
    status: 'open',
    priority: 'urgent',
  });
  const { body, attempts } = await until('Zendesk sends the webhook', async () => {
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
