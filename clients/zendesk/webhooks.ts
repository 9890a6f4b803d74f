import { z } from 'zod';
import { moment } from './moment.ts';
import type { ZendeskSession } from './session.ts';

/**
 * A webhook to create. `subscriptions` are event types (`zen:event-type:…`), or `conditional_ticket_events` for a
 * trigger.
 */
export interface NewWebhook {
  readonly name: string;
  readonly endpoint: string;
  readonly subscriptions: readonly string[];
}

/** A webhook in Zendesk. */
export interface SeenWebhook extends NewWebhook {
  readonly id: string;
  readonly isActive: boolean;
}

/** A change of a webhook. Absent members stay unchanged. The subscriptions cannot be changed. */
export interface WebhookChange {
  readonly endpoint?: string;
  readonly isActive?: boolean;
}

/** One delivery, with all of its attempts. `at` is the end of the last attempt; null if Zendesk does not report it. */
export interface WebhookInvocation {
  /** Zendesk's status. Known ones are `success`, `failed`, `terminated`, `throttled` and `circuit broken`. */
  readonly status: string;
  readonly at: string | null;
}

/** The requests about webhooks. They need the token of an administrator. */
export interface WebhookCalls {
  /** Lists all webhooks, or those whose name contains a text. */
  listWebhooks(nameContains?: string): Promise<readonly SeenWebhook[]>;
  /**
   * Creates an active webhook that posts JSON. Rejects as `refused` if the account does not have these event types (use
   * a trigger instead) or has reached its limit of webhooks. After `unsure`, list by name before creating again.
   */
  createWebhook(webhook: NewWebhook): Promise<SeenWebhook>;
  /** Changes only the given members. */
  updateWebhook(id: string, change: WebhookChange): Promise<void>;
  /** Returns the secret with which Zendesk signs the deliveries of a webhook. */
  signingSecret(webhookId: string): Promise<string>;
  /** Lists the last deliveries, newest first: at most `limit`, at most 100, and only those of the last seven days. */
  invocations(webhookId: string, limit: number): Promise<readonly WebhookInvocation[]>;
}

const webhookWire = z
  .object({
    id: z.string().min(1),
    name: z.string(),
    endpoint: z.string(),
    status: z.string(),
    subscriptions: z.array(z.string()).nullish(),
  })
  .transform(({ status, subscriptions, ...wire }): SeenWebhook => ({
    ...wire,
    subscriptions: subscriptions ?? [],
    isActive: status === 'active',
  }));

const webhook = z.object({ webhook: webhookWire }).transform((wire) => wire.webhook);
const webhooks = z.object({ webhooks: z.array(webhookWire) }).transform((wire) => wire.webhooks);

const secret = z.object({
  signing_secret: z.object({ secret: z.string().min(1), algorithm: z.string().regex(/^SHA-?256$/i) }),
});

const invocations = z.object({
  invocations: z.array(z.object({ status: z.string(), latest_completed_at: moment.nullish() })),
});

/** Creates the requests about webhooks. Their paths do not accept `.json` (Zendesk docs, Webhooks API). */
export function webhookCalls(session: ZendeskSession): WebhookCalls {
  return {
    listWebhooks(nameContains) {
      const filter = nameContains === undefined ? '' : `?filter[name_contains]=${encodeURIComponent(nameContains)}`;
      return session.list(webhooks, { operation: 'list webhooks', path: `webhooks${filter}`, pages: 'cursor' });
    },
    createWebhook: (created) => {
      const fixed = { http_method: 'POST', request_format: 'json', status: 'active' };
      const json = { webhook: { ...created, ...fixed } };
      return session.send(webhook, { operation: 'create a webhook', path: 'webhooks', method: 'POST', json });
    },
    async updateWebhook(id, { endpoint, isActive }) {
      const json = {
        webhook: {
          ...(endpoint === undefined ? {} : { endpoint }),
          ...(isActive === undefined ? {} : { status: isActive ? 'active' : 'inactive' }),
        },
      };
      // A PUT would replace the webhook and drop its description and authentication (recorded).
      const call = { operation: 'update a webhook', path: pathOf(id), method: 'PATCH', repeatable: true } as const;
      await session.send(z.unknown(), { ...call, json });
    },
    async signingSecret(webhookId) {
      const call = { operation: "read a webhook's signing secret", path: `${pathOf(webhookId)}/signing_secret` };
      return (await session.get(secret, call)).signing_secret.secret;
    },
    async invocations(webhookId, limit) {
      const query = `page[size]=${Math.min(limit, 100)}&sort=-latest_completed_at`;
      const call = { operation: "list a webhook's deliveries", path: `${pathOf(webhookId)}/invocations?${query}` };
      const page = await session.get(invocations, call);
      return page.invocations
        .slice(0, limit)
        .map((wire) => ({ status: wire.status, at: wire.latest_completed_at ?? null }));
    },
  };
}

const pathOf = (id: string): string => `webhooks/${encodeURIComponent(id)}`;
