import { createUlid } from '../identifiers.ts';
import { recordNotFound } from '../refusal.ts';
import type { Random } from '../../core/random.ts';

/** How a webhook shows the receiver who it is. */
export type WebhookAuthentication =
  | { readonly type: 'basic_auth'; readonly username: string; readonly password: string }
  | { readonly type: 'bearer_token'; readonly token: string }
  | { readonly type: 'api_key'; readonly name: string; readonly value: string };

/** What its owner says about a webhook. */
export interface WebhookDraft {
  readonly name: string;
  readonly endpoint: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly format: 'json' | 'xml' | 'form_encoded';
  readonly status: 'active' | 'inactive';
  /** Event types, or `conditional_ticket_events` alone for triggers. */
  readonly subscriptions: readonly string[];
  readonly description: string | null;
  readonly customHeaders: Readonly<Record<string, string>> | null;
  readonly authentication: WebhookAuthentication | null;
}

/** A webhook as the account keeps it. */
export interface Webhook extends WebhookDraft {
  /** A ULID. */
  readonly id: string;
  readonly secret: string;
  readonly createdBy: number;
  readonly createdAtS: number;
  readonly updatedAtS: number;
}

/** The webhooks of the account, oldest first. */
export interface Webhooks {
  add(draft: WebhookDraft & Pick<Webhook, 'createdBy' | 'createdAtS' | 'updatedAtS'>): Webhook;
  find(id: string): Webhook | undefined;
  /** Throws the 404. */
  require(id: string): Webhook;
  all(): Webhook[];
  replace(row: Webhook): void;
  /** The old secret is worth nothing from now on. */
  resetSecret(id: string): Webhook;
  remove(id: string): void;
}

/** What triggers call a webhook by. */
export const FOR_TRIGGERS = 'conditional_ticket_events';

/** Whether triggers may use the webhook; then it hears of no event by itself. */
export function isForTriggers({ subscriptions }: Pick<Webhook, 'subscriptions'>): boolean {
  return subscriptions.length === 0 || subscriptions.includes(FOR_TRIGGERS);
}

/** Makes an account without webhooks. */
export function createWebhooks(random: Random): Webhooks {
  const byId = new Map<string, Webhook>();
  const newSecret = (): string =>
    Buffer.from(Array.from({ length: 40 }, () => Math.floor(random() * 256))).toString('base64');
  const require = (id: string): Webhook => {
    const found = byId.get(id);
    if (!found) throw recordNotFound();
    return found;
  };
  const put = (row: Webhook): Webhook => {
    byId.set(row.id, row);
    return row;
  };
  return {
    add: (draft) => put({ ...draft, id: createUlid(random), secret: newSecret() }),
    find: (id) => byId.get(id),
    require,
    all: () => [...byId.values()],
    replace: (row) => void put(row),
    resetSecret: (id) => put({ ...require(id), secret: newSecret() }),
    remove: (id) => void byId.delete(id),
  };
}
