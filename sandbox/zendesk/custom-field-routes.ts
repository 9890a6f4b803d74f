import type { Account } from './account.ts';
import type { Call, Result, Route } from './call.ts';
import { ok } from './call.ts';
import type { CustomField, CustomFields } from './custom-fields.ts';
import { listPage } from './pagination.ts';
import { memberObject } from './wire-input.ts';
import { isoOf } from './wire-time.ts';

/** The definitions of organization fields and user fields, which behave in the same way (Zendesk docs). */
export const CUSTOM_FIELD_ROUTES: readonly Route[] = [
  ...routesOf('organization_field', ({ organizationFields }) => organizationFields),
  ...routesOf('user_field', ({ userFields }) => userFields),
];

function routesOf(name: string, of: (account: Account) => CustomFields): Route[] {
  const list = `${name}s`;
  const shown = (call: Call, field: CustomField): object => ({
    [name]: showField(field, `${call.baseUrl}/api/v2/${list}`),
  });
  const keyOf = ({ params }: Call): string => params['key'] ?? '';
  return [
    {
      method: 'GET',
      pattern: list,
      operation: `${list}.list`,
      handle: (call) => listAll(call, list, of(call.account)),
    },
    {
      method: 'GET',
      pattern: `${list}/:key`,
      operation: `${list}.show`,
      handle: (call) => ok(shown(call, of(call.account).find(keyOf(call)))),
    },
    {
      method: 'POST',
      pattern: list,
      operation: `${list}.create`,
      access: 'admin',
      handle: (call) => {
        const field = of(call.account).create(memberObject(call.body, name));
        const location = `${call.baseUrl}/api/v2/${list}/${field.id}.json`;
        return { status: 201, body: shown(call, field), headers: { location } };
      },
    },
    {
      method: 'PUT',
      pattern: `${list}/:key`,
      operation: `${list}.update`,
      access: 'admin',
      handle: (call) => ok(shown(call, of(call.account).update(keyOf(call), memberObject(call.body, name)))),
    },
    {
      method: 'DELETE',
      pattern: `${list}/:key`,
      operation: `${list}.delete`,
      access: 'admin',
      handle: (call) => {
        of(call.account).remove(keyOf(call));
        return { status: 204 };
      },
    },
  ];
}

function listAll(call: Call, name: string, fields: CustomFields): Result {
  const base = `${call.baseUrl}/api/v2/${name}`;
  return listPage(call, { name, rows: fields.table.sorted(), show: (field) => showField(field, base) });
}

function showField(field: CustomField, base: string): object {
  const { id, key, type, title, description, position, active, pattern, tag, options, relationshipTarget } = field;
  const hasOptions = type === 'dropdown' || type === 'multiselect';
  return {
    url: `${base}/${id}.json`,
    id,
    type,
    key,
    title,
    description,
    raw_title: title,
    raw_description: description,
    position,
    active,
    system: false,
    regexp_for_validation: pattern,
    created_at: isoOf(field.createdAtS),
    updated_at: isoOf(field.updatedAtS),
    ...(type === 'checkbox' ? { tag } : {}),
    ...(hasOptions ? { custom_field_options: options.map((option) => ({ ...option, raw_name: option.name })) } : {}),
    ...(type === 'lookup' ? { relationship_target_type: relationshipTarget, relationship_filter: null } : {}),
  };
}
