import type { Account, AccountKind } from './account.ts';

/** The organization fields that Ledgerdesk owns: key in Zendesk, and the title that agents read. All are text fields. */
export const ORGANIZATION_FIELDS = [
  { key: 'erp_account_number', title: 'ERP account number' },
  { key: 'erp_account_type', title: 'ERP account type' },
  { key: 'erp_legal_entity', title: 'ERP legal entity' },
  { key: 'erp_account_group', title: 'ERP account group' },
  { key: 'erp_on_hold', title: 'ERP on hold' },
  { key: 'erp_currency', title: 'ERP currency' },
  { key: 'erp_city', title: 'ERP city' },
  { key: 'erp_country', title: 'ERP country' },
] as const;

/** Key of one organization field that we own. */
export type OrganizationFieldKey = (typeof ORGANIZATION_FIELDS)[number]['key'];

/** Values of the fields that we own; null where the ERP has none (Zendesk answers null for an unset field). */
export type OrganizationFieldValues = Readonly<Record<OrganizationFieldKey, string | null>>;

/** The tags that we own; they are added, and others' tags never touched. */
export const TAG_OF_KIND: Readonly<Record<AccountKind, string>> = { customer: 'erp_customer', vendor: 'erp_vendor' };

/** What we write of an organization, and nothing else: agents' notes, details, domains, group and tags are theirs. */
export interface OrganizationForm {
  readonly externalId: string;
  readonly name: string;
  readonly fields: OrganizationFieldValues;
}

/**
 * An organization as Zendesk shows it, cut down to what we own and what identifies it.
 * `id` is a decimal text (64 bits); `updatedAt` is ISO-8601 UTC, whole seconds; `ownTags` are those of our tags it carries.
 */
export interface SeenOrganization {
  readonly id: string;
  readonly externalId: string | null;
  readonly name: string;
  readonly fields: OrganizationFieldValues;
  readonly ownTags: readonly string[];
  readonly updatedAt: string;
  readonly deleted: boolean;
}

const orNull = (text: string): string | null => (text === '' ? null : text);

/** Renders the organization that an account should be, once its external id and its name are reserved. */
export function renderOrganization(account: Account, reserved: { externalId: string; name: string }): OrganizationForm {
  return {
    externalId: reserved.externalId,
    name: reserved.name,
    fields: {
      erp_account_number: orNull(account.key),
      erp_account_type: account.kind,
      erp_legal_entity: orNull(account.legalEntity),
      erp_account_group: orNull(account.group),
      erp_on_hold: orNull(account.onHold),
      erp_currency: orNull(account.currency),
      erp_city: orNull(account.city),
      erp_country: orNull(account.country),
    },
  };
}

/**
 * Writes a form as one canonical text, the same for what we want and what Zendesk shows, so that the two can be compared
 * by a hash. An empty text and null are one; surrounding blanks do not count, since Zendesk trims them.
 */
export function canonicalForm(form: {
  externalId: string | null;
  name: string;
  fields: OrganizationFieldValues;
}): string {
  const fields = ORGANIZATION_FIELDS.map(({ key }) => (form.fields[key] ?? '').trim());
  return JSON.stringify([(form.externalId ?? '').trim(), form.name.trim(), ...fields]);
}
