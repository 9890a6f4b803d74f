import type { CustomFields } from './custom-fields.ts';
import { showValues } from './custom-field-values.ts';
import type { DeletedOrganization, Organization } from './organizations.ts';
import { isoOf } from './wire-time.ts';

/** An organization in JSON. */
export interface OrganizationWire {
  readonly url: string;
  readonly id: number;
  readonly name: string;
  readonly shared_tickets: boolean;
  readonly shared_comments: boolean;
  readonly external_id: string | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly domain_names: readonly string[];
  readonly details: string | null;
  readonly notes: string | null;
  readonly group_id: number | null;
  readonly tags: readonly string[];
  readonly organization_fields: Readonly<Record<string, unknown>>;
  readonly deleted_at?: string;
}

/** Returns an organization with the keys, and in the order, that were recorded from a live account. */
export function showOrganization(
  row: Organization | DeletedOrganization,
  { fields, baseUrl }: { readonly fields: CustomFields; readonly baseUrl: string },
): OrganizationWire {
  return {
    url: `${baseUrl}/api/v2/organizations/${row.id}.json`,
    id: row.id,
    name: row.name,
    shared_tickets: row.sharedTickets,
    shared_comments: row.sharedComments,
    external_id: row.externalId,
    created_at: isoOf(row.createdAtS),
    updated_at: isoOf(row.updatedAtS),
    domain_names: row.domainNames,
    details: row.details,
    notes: row.notes,
    group_id: row.groupId,
    tags: row.tags,
    organization_fields: showValues(fields, row.values),
    ...('deletedAtS' in row ? { deleted_at: isoOf(row.deletedAtS) } : {}),
  };
}
