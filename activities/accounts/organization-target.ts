import { attemptText } from '../../domain/accounts/plan-account.ts';
import {
  renderOrganization,
  TAG_OF_KIND,
  type OrganizationForm,
  type SeenOrganization,
} from '../../domain/accounts/organization.ts';
import type { JobRow } from '../../store/sync/job-rows.ts';
import { formHash } from '../../store/accounts/organizations.ts';
import type { Target } from '../sync/target.ts';

/** Accounts become organizations. */
export const ORGANIZATIONS: Target = {
  create: (zendesk, rows) =>
    zendesk.createOrganizations(rows.map((row) => ({ form: organizationOf(row), tags: [tagOf(row)] }))),
  update: (zendesk, rows) =>
    zendesk.updateOrganizations(
      rows.flatMap((row) => (row.zendeskId === null ? [] : [{ id: row.zendeskId, form: organizationOf(row) }])),
    ),
  async show(zendesk, wanted, askedAt) {
    const organizations = await zendesk.showOrganizations(wanted);
    return { items: organizations.map(toShown), findings: { seen: { organizations, askedAt } } };
  },
  wantedHash: (row) => formHash(organizationOf(row)),
  attempt: (row) => attemptText({ desiredHash: formHash(organizationOf(row)), known: knownOf(row) }),
  isCompleteAfter: (row) => row.operation === 'create' || row.known?.ownTags.includes(tagOf(row)) === true,
  afterWrite(row, id) {
    const ownTags = row.operation === 'create' ? [tagOf(row)] : (row.known?.ownTags ?? []);
    return { written: [{ id, form: organizationOf(row), ownTags }] };
  },
  remark: () => null,
};

/** The organization that the account of a row should be. */
export function organizationOf({ record, externalId, name }: JobRow): OrganizationForm {
  if (record.kind === 'contact') throw new Error('A contact does not become an organization.');
  return renderOrganization(record, { externalId, name });
}

/** The tag that the organization of a row should carry. */
export function tagOf({ record }: JobRow): string {
  if (record.kind === 'contact') throw new Error('A contact does not become an organization.');
  return TAG_OF_KIND[record.kind];
}

function knownOf({ known, zendeskId }: JobRow) {
  return known === null ? null : { id: zendeskId ?? '', ...known };
}

function toShown(organization: SeenOrganization) {
  const { id, externalId, ownTags } = organization;
  return {
    id,
    externalId,
    formHash: formHash(organization),
    isComplete: (row: JobRow) => ownTags.includes(tagOf(row)),
  };
}
