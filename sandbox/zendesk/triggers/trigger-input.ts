import type { Account } from '../account.ts';
import type { Violation } from '../refusal.ts';
import { refuseIfInvalid } from '../refusal.ts';
import { isForTriggers } from '../webhooks/webhooks.ts';
import type { WireObject } from '../wire-input.ts';
import { isWireObject, textOrNull } from '../wire-input.ts';
import { isKnownField } from './conditions.ts';
import type { Action, Condition, TriggerDraft } from './triggers.ts';

const BLANK: TriggerDraft = {
  title: '',
  active: true,
  description: null,
  position: null,
  categoryId: null,
  all: [],
  any: [],
  actions: [],
};

/** Returns the trigger that a request describes. Lists are replaced completely. Throws a 422. */
export function readTrigger(account: Account, input: WireObject, before: TriggerDraft = BLANK): TriggerDraft {
  const conditions = isWireObject(input['conditions']) ? input['conditions'] : undefined;
  const draft: TriggerDraft = {
    title: 'title' in input ? (textOrNull(input['title']) ?? '') : before.title,
    active: typeof input['active'] === 'boolean' ? input['active'] : before.active,
    description: 'description' in input ? textOrNull(input['description']) : before.description,
    position: typeof input['position'] === 'number' ? input['position'] : before.position,
    categoryId: 'category_id' in input ? textOrNull(input['category_id']) : before.categoryId,
    all: conditions ? conditionsOf(conditions['all']) : before.all,
    any: conditions ? conditionsOf(conditions['any']) : before.any,
    actions: 'actions' in input ? actionsOf(input['actions']) : before.actions,
  };
  refuseIfInvalid(violationsOf(account, draft));
  return draft;
}

function conditionsOf(list: unknown): Condition[] {
  return objectsIn(list).map((one) => ({
    field: textOrNull(one['field']) ?? '',
    operator: textOrNull(one['operator']) ?? 'is',
    value: textOrNull(one['value']),
  }));
}

function actionsOf(list: unknown): Action[] {
  return objectsIn(list).map(({ field, value }) => ({
    field: textOrNull(field) ?? '',
    value: Array.isArray(value) ? (value as unknown[]) : (textOrNull(value) ?? ''),
  }));
}

function objectsIn(list: unknown): WireObject[] {
  return Array.isArray(list) ? list.filter(isWireObject) : [];
}

function violationsOf(account: Account, { title, all, any, actions, categoryId }: TriggerDraft): Violation[] {
  const { categories } = account.triggers;
  const wrong = (field: string, description: string): Violation => ({ field, description, error: 'InvalidValue' });
  const unknown = [...all, ...any].find(({ field }) => !isKnownField(field));
  return [
    ...(title === '' ? [{ field: 'title', description: 'Title: cannot be blank', error: 'BlankValue' }] : []),
    ...(all.length + any.length === 0 ? [wrong('conditions', 'Conditions: cannot be blank')] : []),
    ...(unknown ? [wrong('conditions', `Condition: ${unknown.field} is not valid`)] : []),
    ...(actions.length === 0 ? [wrong('actions', 'Actions: cannot be blank')] : []),
    ...actions.flatMap((action) => violationOfAction(account, action)),
    ...(categories.length > 0 && !categories.some(({ id }) => id === categoryId)
      ? [wrong('category_id', 'Category: must be a category of this account')]
      : []),
  ];
}

function violationOfAction({ webhooks }: Account, { field, value }: Action): Violation[] {
  if (field !== 'notification_webhook') return [];
  const [id] = typeof value === 'string' ? [] : value;
  const webhook = webhooks.find(String(id));
  if (webhook && isForTriggers(webhook)) return [];
  return [{ field: 'actions', description: 'Action: notification_webhook needs a webhook for triggers' }];
}
