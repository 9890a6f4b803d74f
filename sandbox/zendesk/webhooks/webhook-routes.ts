import type { Call, Result, Route } from '../call.ts';
import { ok } from '../call.ts';
import { memberObject } from '../wire-input.ts';
import { nowS } from '../wire-time.ts';
import { pageOf } from './pages.ts';
import { invalidWebhook, readWebhook } from './webhook-input.ts';
import { showWebhook } from './webhook-wire.ts';
import type { Webhook, WebhookDraft } from './webhooks.ts';
import { isForTriggers } from './webhooks.ts';

const R = 'webhooks';

/** Webhooks (Zendesk docs, Webhooks). Their paths do not accept .json. */
export const WEBHOOK_ROUTES: readonly Route[] = [
  { method: 'GET', pattern: R, operation: `${R}.list`, access: 'admin', handle: list },
  { method: 'POST', pattern: R, operation: `${R}.create`, access: 'admin', handle: create },
  {
    method: 'GET',
    pattern: `${R}/:id`,
    operation: `${R}.show`,
    access: 'admin',
    handle: (call) => ok({ webhook: showWebhook(webhookOf(call)) }),
  },
  { method: 'PUT', pattern: `${R}/:id`, operation: `${R}.update`, access: 'admin', handle: replace },
  { method: 'PATCH', pattern: `${R}/:id`, operation: `${R}.patch`, access: 'admin', handle: patch },
  { method: 'DELETE', pattern: `${R}/:id`, operation: `${R}.delete`, access: 'admin', handle: remove },
];

/** Returns the webhook in the path. Throws a 404. */
export function webhookOf({ account, params }: Call): Webhook {
  return account.webhooks.require(params['id'] ?? '');
}

function list(call: Call): Result {
  const { query, account } = call;
  const part = (query.get('filter[name_contains]') ?? '').toLowerCase();
  const status = query.get('filter[status]');
  const rows = account.webhooks
    .all()
    .filter((row) => row.name.toLowerCase().includes(part) && (status === null || row.status === status));
  if ((query.get('sort') ?? '').startsWith('-')) rows.reverse();
  return pageOf(call, { name: R, rows, show: (row) => showWebhook(row) });
}

/** A clone has the members of the original, but not its secret. */
function create(call: Call): Result {
  const { account, query, session } = call;
  const original = query.get('clone_webhook_id');
  if (account.webhooks.all().length >= account.settings.mostWebhooks)
    throw invalidWebhook(`an account can have ${account.settings.mostWebhooks} webhooks at most`);
  const draft: WebhookDraft =
    original === null
      ? readWebhook(memberObject(call.body, 'webhook'), account.settings)
      : account.webhooks.require(original);
  const atS = nowS(account.clock);
  const times = { createdAtS: atS, updatedAtS: atS };
  const row = account.webhooks.add({ ...draft, createdBy: session?.user.id ?? -1, ...times });
  return { status: 201, body: { webhook: showWebhook(row, true) } };
}

/** A PUT drops all absent members, including the authentication (recorded by node-zendesk). */
function replace(call: Call): Result {
  return store(call, readWebhook(memberObject(call.body, 'webhook'), call.account.settings));
}

function patch(call: Call): Result {
  return store(call, readWebhook(memberObject(call.body, 'webhook'), call.account.settings, webhookOf(call)));
}

function store(call: Call, draft: WebhookDraft): Result {
  const before = webhookOf(call);
  if (isForTriggers(before) !== isForTriggers(draft))
    throw invalidWebhook('the kind of subscription cannot be changed');
  call.account.webhooks.replace({ ...before, ...draft, updatedAtS: nowS(call.account.clock) });
  return { status: 204 };
}

function remove(call: Call): Result {
  const { id } = webhookOf(call);
  if (call.account.triggers.using(id).length > 0) throw invalidWebhook('the webhook is used by an active trigger');
  call.account.webhooks.remove(id);
  return { status: 204 };
}
