import { z } from 'zod';
import { RemoteError } from '../errors.ts';
import { wireId } from './ids.ts';
import type { ZendeskSession } from './session.ts';

/** A trigger that calls a webhook whenever a ticket is created or changed. `body` is JSON text with placeholders. */
export interface TriggerForm {
  readonly title: string;
  readonly webhookId: string;
  readonly body: string;
}

/** A trigger in Zendesk. `webhookId` and `body` are null if it calls no webhook. */
export interface SeenTrigger {
  readonly id: string;
  readonly title: string;
  readonly isActive: boolean;
  readonly webhookId: string | null;
  readonly body: string | null;
}

/** The requests about ticket triggers. */
export interface TriggerCalls {
  /** Lists all triggers, including inactive ones. */
  listTriggers(): Promise<readonly SeenTrigger[]>;
  /**
   * Creates an active trigger, in the first category if the account has categories. After `unsure`, list before
   * creating again.
   */
  createTrigger(form: TriggerForm): Promise<SeenTrigger>;
  /** Replaces a trigger by an active one with this form. Conditions and actions that people added are lost. */
  updateTrigger(id: string, form: TriggerForm): Promise<SeenTrigger>;
}

const ACTION = 'notification_webhook';

/** The schema of a trigger. */
export const triggerWire = z
  .object({
    id: wireId,
    title: z.string(),
    active: z.boolean().nullish(),
    actions: z.array(z.object({ field: z.string(), value: z.unknown() })).nullish(),
  })
  .transform((wire): SeenTrigger => {
    const value = wire.actions?.find(({ field }) => field === ACTION)?.value;
    const [webhookId, body] = Array.isArray(value) ? (value as readonly unknown[]) : [value];
    return {
      id: wire.id,
      title: wire.title,
      isActive: wire.active !== false,
      webhookId: typeof webhookId === 'string' ? webhookId : null,
      body: typeof body === 'string' ? body : null,
    };
  });

const trigger = z.object({ trigger: triggerWire }).transform((wire) => wire.trigger);
const triggers = z.object({ triggers: z.array(triggerWire) }).transform((wire) => wire.triggers);
const categories = z.object({ trigger_categories: z.array(z.object({ id: z.union([wireId, z.string().min(1)]) })) });

/** Creates the requests about triggers. */
export function triggerCalls(session: ZendeskSession): TriggerCalls {
  return {
    listTriggers: () => session.list(triggers, { operation: 'list triggers', path: 'triggers', pages: 'cursor' }),
    async createTrigger(form) {
      const category = await firstCategory(session);
      const json = { trigger: { ...toWire(form), ...(category === null ? {} : { category_id: category }) } };
      return session.send(trigger, { operation: 'create a trigger', path: 'triggers', method: 'POST', json });
    },
    updateTrigger(id, form) {
      const call = { operation: 'update a trigger', path: `triggers/${encodeURIComponent(id)}`, repeatable: true };
      return session.send(trigger, { ...call, method: 'PUT', json: { trigger: toWire(form) } });
    },
  };
}

/**
 * A write of conditions or actions replaces all of them, so both are always sent completely (Zendesk docs, Update
 * Trigger).
 */
function toWire({ title, webhookId, body }: TriggerForm): object {
  const any = ['Create', 'Change'].map((value) => ({ field: 'update_type', operator: 'is', value }));
  return { title, active: true, conditions: { all: [], any }, actions: [{ field: ACTION, value: [webhookId, body] }] };
}

/**
 * In an account with trigger categories, a new trigger needs one (Zendesk docs, Triggers). Not all accounts have them.
 */
async function firstCategory(session: ZendeskSession): Promise<string | null> {
  const call = { operation: 'list trigger categories', path: 'trigger_categories?page[size]=1&sort=position' };
  try {
    return (await session.get(categories, call)).trigger_categories[0]?.id ?? null;
  } catch (error) {
    if (error instanceof RemoteError && (error.kind === 'missing' || error.kind === 'forbidden')) return null;
    throw error;
  }
}
