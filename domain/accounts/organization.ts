import type { LastWrite } from '../sync/diff.ts';
import type { Values } from '../sync/field-value.ts';
import { renderFields, type Mapping } from '../sync/mapping.ts';
import type { ErpRecord } from '../sync/record.ts';

/** The part of an organization that Ledgerdesk writes. Agents own its notes, details, domains, group and other tags. */
export interface OrganizationForm {
  readonly externalId: string;
  readonly name: string;
  readonly fields: Values;
}

/**
 * An organization as Zendesk shows it, with all custom fields and tags. `id` is a decimal text (64 bits). `updatedAt`
 * is ISO-8601 UTC in whole seconds.
 */
export interface SeenOrganization {
  readonly id: string;
  readonly externalId: string | null;
  readonly name: string;
  readonly fields: Values;
  readonly tags: readonly string[];
  readonly updatedAt: string;
  readonly deleted: boolean;
  /** The members that Zendesk shows in an unexpected form. Then only the ids are known. */
  readonly defect?: string;
}

/** An organization as it is stored. A mapped field that is missing in `values` is unknown, not empty. */
export interface KnownOrganization extends LastWrite {
  readonly id: string;
  readonly values: Values;
  readonly ownTags: readonly string[];
  /** The members that Zendesk last showed in an unexpected form. The values are those of an earlier answer. */
  readonly defect?: string | null;
}

/** Renders the desired organization of an account, whose external id and name are reserved. */
export function renderOrganization(
  account: ErpRecord,
  reserved: { readonly externalId: string; readonly name: string },
  mapping: Mapping,
): OrganizationForm {
  return { externalId: reserved.externalId, name: reserved.name, fields: renderFields(mapping, account) };
}

/** Returns all values of an organization that are compared: Zendesk's own members and the mapped fields. */
export function organizationValues(form: {
  readonly externalId: string | null;
  readonly name: string;
  readonly fields: Values;
}): Values {
  return { external_id: form.externalId, name: form.name, ...form.fields };
}

/** Returns the form with these values. It is the inverse of `organizationValues`, also for a part of the values. */
export function organizationPart(values: Values): Partial<OrganizationForm> {
  const { external_id: externalId, name, ...fields } = values;
  return {
    ...(typeof externalId === 'string' && { externalId }),
    ...(typeof name === 'string' && { name }),
    ...(Object.keys(fields).length > 0 && { fields }),
  };
}
