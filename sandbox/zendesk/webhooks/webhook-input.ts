import { listedError } from '../refusal.ts';
import type { WireObject } from '../wire-input.ts';
import { isWireObject, textOrNull, texts } from '../wire-input.ts';
import { EVENT_TYPES, isTicketEvent } from './event-types.ts';
import type { WebhookAuthentication, WebhookDraft } from './webhooks.ts';
import { FOR_TRIGGERS, isForTriggers } from './webhooks.ts';

/** The rules of the account. */
interface WebhookRules {
  readonly ticketEventSubscriptions: boolean;
}

const BLANK: WebhookDraft = {
  name: '',
  endpoint: '',
  method: 'POST',
  format: 'json',
  status: 'active',
  subscriptions: [],
  description: null,
  customHeaders: null,
  authentication: null,
};

/** Returns the webhook that a request describes. Absent members stay as in `before`, or are blank. Throws a 400. */
export function readWebhook(input: WireObject, rules: WebhookRules, before: WebhookDraft = BLANK): WebhookDraft {
  const authentication = input['authentication'];
  const draft: WebhookDraft = {
    name: textIn(input, 'name') ?? before.name,
    endpoint: textIn(input, 'endpoint') ?? before.endpoint,
    method: choice(input, 'http_method', ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) ?? before.method,
    format: choice(input, 'request_format', ['json', 'xml', 'form_encoded']) ?? before.format,
    status: choice(input, 'status', ['active', 'inactive']) ?? before.status,
    subscriptions: 'subscriptions' in input ? texts(input['subscriptions']) : before.subscriptions,
    description: 'description' in input ? textOrNull(input['description']) : before.description,
    customHeaders: 'custom_headers' in input ? headersOf(input['custom_headers']) : before.customHeaders,
    authentication: isWireObject(authentication) ? authenticationOf(authentication) : before.authentication,
  };
  requireValid(draft, rules);
  return draft;
}

/** Returns the 400 of the webhooks service. */
export function invalidWebhook(detail: string): Error {
  return listedError(400, { code: 'BadRequest', title: 'Bad Request', detail });
}

function requireValid({ name, endpoint, method, format, subscriptions }: WebhookDraft, rules: WebhookRules): void {
  if (name === '') throw invalidWebhook('name is required');
  if (!/^https?:\/\/[^\s/]+/.test(endpoint)) throw invalidWebhook('endpoint must be a valid URL');
  const unknown = subscriptions.find((one) => one !== FOR_TRIGGERS && !EVENT_TYPES.has(one));
  if (unknown !== undefined) throw invalidWebhook(`subscription ${unknown} is not supported`);
  if (isForTriggers({ subscriptions })) {
    if (subscriptions.length > 1) throw invalidWebhook(`${FOR_TRIGGERS} cannot be combined with other subscriptions`);
    return;
  }
  if (method !== 'POST' || format !== 'json')
    throw invalidWebhook('event subscriptions need http_method POST and request_format json');
  if (!rules.ticketEventSubscriptions && subscriptions.some(isTicketEvent))
    throw invalidWebhook('ticket events are not available for subscriptions on this account');
}

function textIn(input: WireObject, name: string): string | undefined {
  return name in input ? (textOrNull(input[name])?.trim() ?? '') : undefined;
}

function choice<Option extends string>(
  input: WireObject,
  name: string,
  options: readonly Option[],
): Option | undefined {
  if (!(name in input)) return undefined;
  const found = options.find((option) => option === input[name]);
  if (found === undefined) throw invalidWebhook(`${name} must be one of ${options.join(', ')}`);
  return found;
}

function headersOf(value: unknown): Readonly<Record<string, string>> | null {
  if (!isWireObject(value)) return null;
  return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, textOrNull(text) ?? '']));
}

function authenticationOf({ type, data }: WireObject): WebhookAuthentication {
  const given = isWireObject(data) ? data : {};
  const member = (name: string): string => {
    const text = textOrNull(given[name]);
    if (text === null) throw invalidWebhook(`authentication.data.${name} is required`);
    return text;
  };
  if (type === 'basic_auth') return { type, username: member('username'), password: member('password') };
  if (type === 'bearer_token') return { type, token: member('token') };
  if (type === 'api_key') return { type, name: member('name'), value: member('value') };
  throw invalidWebhook('authentication.type must be one of basic_auth, bearer_token, api_key');
}
