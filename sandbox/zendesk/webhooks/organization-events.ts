import type { CustomFields } from '../custom-fields.ts';
import type { Organization } from '../organizations.ts';
import { isoOf } from '../wire-time.ts';
import { typeOf } from './event-types.ts';
import { fieldChanges } from './field-changes.ts';
import type { Happening } from './happening.ts';
import { changeOf } from './happening.ts';

/** What happened to an organization; details, notes, domains and sharing change without an event (Zendesk docs). */
export function organizationHappenings(
  fields: CustomFields,
  before: Organization | undefined,
  after: Organization | undefined,
): Happening[] {
  const row = after ?? before;
  if (!row) return [];
  const happened = (action: string, event: object = {}): Happening => ({
    type: typeOf('organization', action),
    subject: `zen:organization:${row.id}`,
    detail: detailOf(row),
    event,
  });
  if (!before) return [happened('created')];
  if (!after) return [happened('deleted')];
  const plain = [
    ['name_changed', changeOf(before.name, after.name)],
    ['external_id_changed', changeOf(before.externalId ?? '', after.externalId ?? '')],
    ['tags_changed', changeOf(before.tags, after.tags)],
  ] as const;
  const changed = fieldChanges(fields, before.values, after.values).map((event) =>
    happened('custom_field_changed', event),
  );
  return [...plain.flatMap(([action, change]) => (change ? [happened(action, change)] : [])), ...changed];
}

function detailOf(row: Organization): object {
  return {
    created_at: isoOf(row.createdAtS),
    external_id: row.externalId ?? '',
    group_id: String(row.groupId ?? 0),
    id: String(row.id),
    name: row.name,
    shared_comments: row.sharedComments,
    shared_tickets: row.sharedTickets,
    updated_at: isoOf(row.updatedAtS),
  };
}
