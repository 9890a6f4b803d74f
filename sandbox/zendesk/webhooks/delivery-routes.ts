import type { Call, Result, Route } from '../call.ts';
import { ok } from '../call.ts';
import { createUlid } from '../identifiers.ts';
import { recordNotFound } from '../refusal.ts';
import { memberObject, textOrNull } from '../wire-input.ts';
import { pageOf } from './pages.ts';
import { signedRequest } from './request.ts';
import { readWebhook } from './webhook-input.ts';
import { webhookOf } from './webhook-routes.ts';
import { showAttempts, showInvocation } from './webhook-wire.ts';
import type { Webhook } from './webhooks.ts';

const R = 'webhooks';

/** The secret, the deliveries and the test of a webhook (Zendesk docs, Webhooks). */
export const DELIVERY_ROUTES: readonly Route[] = [
  { method: 'POST', pattern: `${R}/test`, operation: `${R}.test`, access: 'admin', handle: test },
  {
    method: 'GET',
    pattern: `${R}/:id/signing_secret`,
    operation: `${R}.signing_secret`,
    access: 'admin',
    handle: (call) => ok(secretWire(webhookOf(call))),
  },
  {
    method: 'POST',
    pattern: `${R}/:id/signing_secret`,
    operation: `${R}.signing_secret.reset`,
    access: 'admin',
    handle: resetSecret,
  },
  {
    method: 'GET',
    pattern: `${R}/:id/invocations`,
    operation: `${R}.invocations`,
    access: 'admin',
    handle: invocations,
  },
  {
    method: 'GET',
    pattern: `${R}/:id/invocations/:invocation/attempts`,
    operation: `${R}.attempts`,
    access: 'admin',
    handle: attempts,
  },
];

function secretWire({ secret }: Webhook): object {
  return { signing_secret: { secret, algorithm: 'SHA256' } };
}

function resetSecret(call: Call): Result {
  const { id } = webhookOf(call);
  return { status: 201, body: secretWire(call.account.webhooks.resetSecret(id)) };
}

function invocations(call: Call): Result {
  const rows = call.account.deliveries.invocations.list(webhookOf(call).id);
  return pageOf(call, { name: 'invocations', rows, show: showInvocation });
}

function attempts(call: Call): Result {
  const found = call.account.deliveries.invocations.find(call.params['invocation'] ?? '');
  if (found?.webhookId !== webhookOf(call).id) throw recordNotFound();
  return ok({ attempts: showAttempts(found), meta: { has_more: false }, links: { next: null, prev: null } });
}

/** Sends a test request of a stored webhook, or of one that does not exist yet, signed with the public test secret. */
async function test(call: Call): Promise<Result> {
  const { account, query } = call;
  const input = memberObject(call.body, 'request');
  const id = query.get('webhook_id');
  const stored = id === null ? undefined : account.webhooks.require(id);
  const webhook = { ...stored, ...readWebhook({ name: 'test', ...input }, account.settings, stored) };
  const outcome = await account.deliveries.sendNow(
    signedRequest({
      accountId: account.accountId,
      webhook,
      invocationId: createUlid(account.random),
      body: textOrNull(input['payload']) ?? '{}',
      timeoutMs: account.settings.webhookTimeoutMs,
      at: account.clock.ofClient(),
    }),
  );
  const answered = outcome.kind === 'answered' ? outcome : undefined;
  const headers = Object.entries(answered?.headers ?? {}).map(([key, value]) => ({ key, value }));
  const response = { status_code: answered?.status ?? 504, headers, payload: answered?.body ?? '' };
  return ok({ response });
}
