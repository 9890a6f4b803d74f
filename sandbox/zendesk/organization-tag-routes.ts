import type { Call, Result, Route } from './call.ts';
import { idOf, ok } from './call.ts';
import type { Organization } from './organizations.ts';
import { forbidden } from './refusal.ts';
import { isWireObject, tagsOf } from './wire-input.ts';

const PATTERN = 'organizations/:id/tags';

/** The tags of one organization: POST sets, PUT adds, DELETE removes (Zendesk docs, Tags). */
export const ORGANIZATION_TAG_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    pattern: PATTERN,
    operation: 'organizations.tags.list',
    handle: (call) => ok({ tags: rowOf(call).tags }),
  },
  {
    method: 'POST',
    pattern: PATTERN,
    operation: 'organizations.tags.set',
    access: 'admin',
    handle: (call) => write(call, (_, given) => given),
  },
  {
    method: 'PUT',
    pattern: PATTERN,
    operation: 'organizations.tags.add',
    access: 'admin',
    handle: (call) => write(call, (present, given) => [...new Set([...present, ...given])]),
  },
  {
    method: 'DELETE',
    pattern: PATTERN,
    operation: 'organizations.tags.remove',
    access: 'admin',
    handle: (call) => write(call, (present, given) => present.filter((tag) => !given.includes(tag))),
  },
];

function rowOf(call: Call): Organization {
  return call.account.organizations.require(idOf(call));
}

type Combine = (present: readonly string[], given: readonly string[]) => readonly string[];

function write(call: Call, combine: Combine): Result {
  const { id, tags } = rowOf(call);
  const { tagging } = call.account.settings;
  if (tagging === 'refuse') throw forbidden();
  if (tagging === 'ignore') return ok({ tags });
  const given = tagsOf(isWireObject(call.body) ? call.body['tags'] : undefined);
  const row = call.account.organizations.update(id, { tags: combine(tags, given) });
  return ok({ tags: row.tags });
}
