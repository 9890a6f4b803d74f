import type { CustomFields } from '../custom-fields.ts';
import type { Organization } from '../organizations.ts';
import { isoOf } from '../wire-time.ts';
import { typeOf } from './event-types.ts';
import { fieldChanges } from './field-changes.ts';
import type { WebhookEvent } from './webhook-event.ts';
import { changeOf } from './webhook-event.ts';

/**
 * Returns the events of a change of an organization. Details, notes, domains and sharing change without an event
 * (Zendesk docs).
 */
export function organizationEvents(
  fields: CustomFields,
  before: Organization | undefined,
  after: Organization | undefined,
): WebhookEvent[] {
  const row = after ?? before;
  if (!row) return [];
  const eventOf = (action: string, event: object = {}): WebhookEvent => ({
    type: typeOf('organization', action),
    subject: `zen:organization:${row.id}`,
    detail: detailOf(row),
    event,
  });
  if (!before) return [eventOf('created')];
  if (!after) return [eventOf('deleted')];
  const plain = [
    ['name_changed', changeOf(before.name, after.name)],
    ['external_id_changed', changeOf(before.externalId ?? '', after.externalId ?? '')],
    ['tags_changed', changeOf(before.tags, after.tags)],
  ] as const;
  const changed = fieldChanges(fields, before.values, after.values).map((event) =>
    eventOf('custom_field_changed', event),
  );
  return [...plain.flatMap(([action, change]) => (change ? [eventOf(action, change)] : [])), ...changed];
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
