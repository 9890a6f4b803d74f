import { organizationPart, organizationValues, type KnownOrganization } from '../../domain/accounts/organization.ts';
import { accountAttempt } from '../../domain/accounts/plan-account.ts';
import type { EntitySpec } from '../../domain/entity-spec.ts';
import { accountRemark } from '../../domain/accounts/renumbering-remarks.ts';
import type { Target } from '../sync/target.ts';
import { completeOrganization } from './complete-organization.ts';
import { desiredValues, organizationOf, sentValues, type OrganizationRow } from './organization-row.ts';
import { organizationChanges } from './organization-changes.ts';
import { planOrganization } from './plan-organization.ts';
import { compareOrganizations, readOrganizationChanges } from './read-organizations.ts';
import { readRejectedAgain } from './read-rejected.ts';
import { giveBackNames, rankAccounts, reserveAccounts, reserveAccountsAgain } from './reserve-accounts.ts';
import { resolveOrganizations } from './resolve-organizations.ts';
import { recheckAdoptions } from './recheck-adoptions.ts';

/** The target of accounts: organizations. */
export const ORGANIZATIONS: Target<KnownOrganization> = {
  readChanges: readOrganizationChanges,
  compare: compareOrganizations,
  rank: rankAccounts,
  readRejected: readRejectedAgain,
  reserve: reserveAccounts,
  reserveAgain: reserveAccountsAgain,
  giveBack: giveBackNames,
  plan: planOrganization,
  changes: organizationChanges,
  desired: desiredValues,
  sent: sentValues,
  attempt: (row, spec) => accountAttempt({ desired: desiredValues(row, spec), known: row.seen }),
  remark: accountRemark,
  create: (zendesk, rows, spec) =>
    zendesk.createOrganizations(rows.map((row) => ({ form: organizationOf(row, spec), tags: spec.mapping.tags }))),
  update: (zendesk, rows, spec) =>
    zendesk.updateOrganizations(
      rows.flatMap((row) =>
        row.zendeskId === null ? [] : [{ id: row.zendeskId, form: organizationPart(sentValues(row, spec)) }],
      ),
    ),
  recheckAdoptions,
  async show(zendesk, wanted, { askedAt, mapped }) {
    const organizations = await zendesk.showOrganizations(wanted);
    const items = organizations.map((organization) => ({
      ...organization,
      values: organizationValues(organization),
      isComplete: (_row: OrganizationRow, { mapping }: EntitySpec) =>
        mapping.tags.every((tag) => organization.tags.includes(tag)),
    }));
    return { items, changes: { organizations: { seen: { items: organizations, askedAt, mapped } } } };
  },
  isCompleteAfter: (row, { mapping }) =>
    row.operation === 'create' || mapping.tags.every((tag) => row.seen?.ownTags.includes(tag) === true),
  afterWrite(row, { id, at, isShown, lacksParts = false, spec }) {
    const isNew = row.operation === 'create';
    const ownTags = isNew ? spec.mapping.tags : (row.seen?.ownTags ?? []);
    const written = [{ id, written: sentValues(row, spec), writtenAt: at, ownTags, isShown }];
    return { organizations: { written, losesTags: isNew && lacksParts } };
  },
  complete: completeOrganization,
  resolve: resolveOrganizations,
};
