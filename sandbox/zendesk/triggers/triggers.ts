import { recordNotFound } from '../refusal.ts';

/** A condition of a trigger, such as `status` `less_than` `solved`. */
export interface Condition {
  readonly field: string;
  readonly operator: string;
  readonly value: string | null;
}

/** An action of a trigger, such as the field `notification_webhook` with the value `[webhook id, body]`. */
export interface Action {
  readonly field: string;
  readonly value: string | readonly unknown[];
}

/** The members of a trigger that its owner sets. */
export interface TriggerDraft {
  readonly title: string;
  readonly active: boolean;
  readonly description: string | null;
  readonly position: number | null;
  readonly categoryId: string | null;
  readonly all: readonly Condition[];
  readonly any: readonly Condition[];
  readonly actions: readonly Action[];
}

/** A trigger of the account. */
export interface Trigger extends TriggerDraft {
  readonly id: number;
  readonly createdAtS: number;
  readonly updatedAtS: number;
}

/** A category of triggers. Its id is a string. */
export interface TriggerCategory {
  readonly id: string;
  readonly name: string;
  readonly createdAtS: number;
}

/** The triggers of the account. */
export interface Triggers {
  readonly categories: TriggerCategory[];
  /** Returns the triggers in the order in which they run. */
  all(): Trigger[];
  /** Throws a 404. */
  require(id: number): Trigger;
  put(row: Trigger): Trigger;
  remove(id: number): void;
  /** Returns the active triggers that call this webhook. */
  using(webhookId: string): Trigger[];
}

/** Creates an account without triggers. */
export function createTriggers(): Triggers {
  const byId = new Map<number, Trigger>();
  const all = (): Trigger[] =>
    [...byId.values()].sort((a, b) => (a.position ?? Infinity) - (b.position ?? Infinity) || a.id - b.id);
  return {
    categories: [],
    all,
    require: (id) => {
      const found = byId.get(id);
      if (!found) throw recordNotFound();
      return found;
    },
    put: (row) => {
      byId.set(row.id, row);
      return row;
    },
    remove: (id) => void byId.delete(id),
    using: (webhookId) => all().filter(({ active, actions }) => active && actions.some((one) => calls(one, webhookId))),
  };
}

function calls({ field, value }: Action, webhookId: string): boolean {
  return field === 'notification_webhook' && Array.isArray(value) && value[0] === webhookId;
}
