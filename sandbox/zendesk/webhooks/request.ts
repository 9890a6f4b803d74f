import type { OutgoingRequest } from '../../core/sender.ts';
import { PUBLIC_TEST_SECRET, signatureOf, signatureTimestamp } from './signature.ts';
import type { Webhook, WebhookAuthentication } from './webhooks.ts';

/** The parts of a signed request. */
export interface SignedRequest {
  readonly accountId: number;
  readonly webhook: Pick<Webhook, 'endpoint' | 'method' | 'format' | 'customHeaders' | 'authentication'> &
    Partial<Pick<Webhook, 'id' | 'secret'>>;
  readonly invocationId: string;
  readonly body: string;
  readonly timeoutMs: number;
  /** The time of the signature. */
  readonly at: Date;
}

const TYPES = {
  json: 'application/json; charset=utf-8',
  xml: 'application/xml; charset=utf-8',
  form_encoded: 'application/x-www-form-urlencoded; charset=utf-8',
};

/** Returns a signed request with the recorded headers. Each attempt has a new timestamp and signature. */
export function signedRequest({
  accountId,
  webhook,
  invocationId,
  body,
  timeoutMs,
  at,
}: SignedRequest): OutgoingRequest {
  const hasBody = webhook.method !== 'GET' && webhook.method !== 'DELETE';
  const sent = hasBody ? body : '';
  const timestamp = signatureTimestamp(at);
  const headers = {
    Accept: '*/*',
    'User-Agent': 'Zendesk Webhook',
    ...(hasBody ? { 'Content-Type': TYPES[webhook.format] } : {}),
    ...webhook.customHeaders,
    ...credentialsOf(webhook.authentication),
    'X-Zendesk-Account-Id': String(accountId),
    ...(webhook.id === undefined ? {} : { 'X-Zendesk-Webhook-Id': webhook.id }),
    'X-Zendesk-Webhook-Invocation-Id': invocationId,
    'X-Zendesk-Webhook-Signature': signatureOf(webhook.secret ?? PUBLIC_TEST_SECRET, timestamp, sent),
    'X-Zendesk-Webhook-Signature-Timestamp': timestamp,
  };
  return { url: webhook.endpoint, method: webhook.method, headers, timeoutMs, ...(hasBody ? { body: sent } : {}) };
}

function credentialsOf(authentication: WebhookAuthentication | null): Readonly<Record<string, string>> {
  if (authentication === null) return {};
  switch (authentication.type) {
    case 'basic_auth': {
      const text = `${authentication.username}:${authentication.password}`;
      return { Authorization: `Basic ${Buffer.from(text).toString('base64')}` };
    }
    case 'bearer_token':
      return { Authorization: `Bearer ${authentication.token}` };
    case 'api_key':
      return { [authentication.name]: authentication.value };
    default:
      return authentication satisfies never;
  }
}
