import { isoOf } from '../wire-time.ts';
import type { Invocation } from './invocations.ts';
import type { Webhook, WebhookAuthentication } from './webhooks.ts';

/** Returns a webhook in JSON. Only the response to its creation contains its credentials (recorded by node-zendesk). */
export function showWebhook(row: Webhook, isNew = false): object {
  const { authentication } = row;
  return {
    id: row.id,
    name: row.name,
    status: row.status,
    subscriptions: row.subscriptions,
    created_at: isoOf(row.createdAtS),
    created_by: String(row.createdBy),
    updated_at: isoOf(row.updatedAtS),
    updated_by: String(row.createdBy),
    endpoint: row.endpoint,
    http_method: row.method,
    request_format: row.format,
    ...(row.description === null ? {} : { description: row.description }),
    ...(row.customHeaders === null ? {} : { custom_headers: row.customHeaders }),
    ...(authentication === null
      ? {}
      : {
          authentication: {
            type: authentication.type,
            data: isNew ? dataOf(authentication) : hidden(authentication),
            add_position: 'header',
          },
        }),
  };
}

/** Returns an invocation in JSON. */
export function showInvocation({ id, status, attempts }: Invocation): object {
  const last = attempts.at(-1);
  const code = last?.statusCode ?? null;
  return { id, status, status_code: code, latest_completed_at: last ? new Date(last.atMs).toISOString() : null };
}

/** Returns the attempts of an invocation in JSON. */
export function showAttempts({ id, eventType, attempts }: Invocation): object[] {
  return attempts.map((attempt, index) => ({
    id: `${id}-${index + 1}`,
    invocation_id: id,
    event_type: eventType,
    status: attempt.status,
    status_code: attempt.statusCode,
    completed_at: new Date(attempt.atMs).toISOString(),
  }));
}

function dataOf(authentication: WebhookAuthentication): object {
  return Object.fromEntries(Object.entries(authentication).filter(([name]) => name !== 'type'));
}

function hidden(authentication: WebhookAuthentication): object {
  if (authentication.type === 'basic_auth') return { username: authentication.username };
  return authentication.type === 'api_key' ? { name: authentication.name } : {};
}
