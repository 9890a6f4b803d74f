import type { Call, Result, Route } from '../call.ts';
import { idOf, ok } from '../call.ts';
import { listPage } from '../pagination.ts';
import { invalidAttribute } from '../refusal.ts';
import { memberObject, textOrNull } from '../wire-input.ts';
import { isoOf, nowS } from '../wire-time.ts';
import { readTrigger } from './trigger-input.ts';
import type { Trigger, TriggerCategory } from './triggers.ts';

const R = 'triggers';

/** Triggers and their categories (Zendesk docs, Triggers). */
export const TRIGGER_ROUTES: readonly Route[] = [
  { method: 'GET', pattern: R, operation: `${R}.list`, handle: (call) => list(call, () => true) },
  {
    method: 'GET',
    pattern: `${R}/active`,
    operation: `${R}.active`,
    handle: (call) => list(call, (row) => row.active),
  },
  { method: 'GET', pattern: `${R}/:id`, operation: `${R}.show`, handle: (call) => shown(call, found(call)) },
  { method: 'POST', pattern: R, operation: `${R}.create`, access: 'admin', handle: create },
  { method: 'PUT', pattern: `${R}/:id`, operation: `${R}.update`, access: 'admin', handle: update },
  { method: 'DELETE', pattern: `${R}/:id`, operation: `${R}.delete`, access: 'admin', handle: remove },
  { method: 'GET', pattern: 'trigger_categories', operation: 'trigger_categories.list', handle: listCategories },
  {
    method: 'POST',
    pattern: 'trigger_categories',
    operation: 'trigger_categories.create',
    access: 'admin',
    handle: createCategory,
  },
];

function found(call: Call): Trigger {
  return call.account.triggers.require(idOf(call));
}

function list(call: Call, isListed: (row: Trigger) => boolean): Result {
  const rows = call.account.triggers
    .all()
    .filter(isListed)
    .sort((a, b) => a.id - b.id);
  return listPage(call, { name: R, rows, show: (row) => wireOf(call, row) });
}

function create(call: Call): Result {
  const { account } = call;
  const draft = readTrigger(account, memberObject(call.body, 'trigger'));
  const atS = nowS(account.clock);
  const row = account.triggers.put({ ...draft, id: account.nextId(), createdAtS: atS, updatedAtS: atS });
  const headers = { location: `${call.baseUrl}/api/v2/triggers/${row.id}.json` };
  return { status: 201, body: { trigger: wireOf(call, row) }, headers };
}

function update(call: Call): Result {
  const before = found(call);
  const draft = readTrigger(call.account, memberObject(call.body, 'trigger'), before);
  return shown(call, call.account.triggers.put({ ...before, ...draft, updatedAtS: nowS(call.account.clock) }));
}

function remove(call: Call): Result {
  call.account.triggers.remove(found(call).id);
  return { status: 204 };
}

function shown(call: Call, row: Trigger): Result {
  return ok({ trigger: wireOf(call, row) });
}

function wireOf({ baseUrl }: Call, row: Trigger): object {
  return {
    url: `${baseUrl}/api/v2/triggers/${row.id}.json`,
    id: row.id,
    title: row.title,
    active: row.active,
    updated_at: isoOf(row.updatedAtS),
    created_at: isoOf(row.createdAtS),
    default: false,
    actions: row.actions,
    conditions: { all: row.all, any: row.any },
    description: row.description,
    position: row.position ?? 0,
    raw_title: row.title,
    category_id: row.categoryId,
  };
}

function listCategories({ account }: Call): Result {
  const categories = account.triggers.categories.map(categoryWire);
  const meta = { has_more: false, after_cursor: null, before_cursor: null };
  return ok({ trigger_categories: categories, meta, links: { prev: null, next: null } });
}

/** Once there is a category, every new trigger needs one. */
function createCategory({ account, body }: Call): Result {
  const name = textOrNull(memberObject(body, 'trigger_category')['name']);
  if (name === null) throw invalidAttribute('You passed an invalid value for the name attribute.');
  const category = { id: String(account.nextId()), name, createdAtS: nowS(account.clock) };
  account.triggers.categories.push(category);
  return { status: 201, body: { trigger_category: categoryWire(category) } };
}

function categoryWire({ id, name, createdAtS }: TriggerCategory): object {
  return { id, name, position: 0, created_at: isoOf(createdAtS), updated_at: isoOf(createdAtS) };
}
