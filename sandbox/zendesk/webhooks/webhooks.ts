import { createUlid } from '../identifiers.ts';
import { recordNotFound } from '../refusal.ts';
import type { Random } from '../../core/random.ts';

/** The authentication of a webhook at its receiver. */
export type WebhookAuthentication =
  | { readonly type: 'basic_auth'; readonly username: string; readonly password: string }
  | { readonly type: 'bearer_token'; readonly token: string }
  | { readonly type: 'api_key'; readonly name: string; readonly value: string };

/** The members of a webhook that its owner sets. */
export interface WebhookDraft {
  readonly name: string;
  readonly endpoint: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly format: 'json' | 'xml' | 'form_encoded';
  readonly status: 'active' | 'inactive';
  /** Event types, or only `conditional_ticket_events` for triggers. */
  readonly subscriptions: readonly string[];
  readonly description: string | null;
  readonly customHeaders: Readonly<Record<string, string>> | null;
  readonly authentication: WebhookAuthentication | null;
}

/** A webhook of the account. */
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
  /** Throws a 404. */
  require(id: string): Webhook;
  all(): Webhook[];
  replace(row: Webhook): void;
  /** Creates a new secret. The old one is no longer valid. */
  resetSecret(id: string): Webhook;
  remove(id: string): void;
}

/** The subscription of a webhook that triggers call. */
export const FOR_TRIGGERS = 'conditional_ticket_events';

/** Returns whether triggers may call the webhook. Then it receives no events. */
export function isForTriggers({ subscriptions }: Pick<Webhook, 'subscriptions'>): boolean {
  return subscriptions.length === 0 || subscriptions.includes(FOR_TRIGGERS);
}

/** Creates an account without webhooks. */
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
