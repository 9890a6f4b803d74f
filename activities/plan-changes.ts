import type { AccountKey } from '../domain/account.ts';
import { renderOrganization, TAG_OF_KIND, type OrganizationForm } from '../domain/organization.ts';
import { planAccount, type Plan } from '../domain/plan.ts';
import { zendeskRefused } from '../domain/rejection.ts';
import { formHash } from '../store/organizations.ts';
import type { RecordOutcome } from '../store/outcomes.ts';
import type { PlannedOperation } from '../store/claims.ts';
import type { RowToPlan } from '../store/planning.ts';
import type { Steps } from '../workflows/steps.ts';
import type { StepContext } from './dependencies.ts';

const PAGE = 1_000;

/** Plans one page of accounts. Planning calls nobody: it compares what the store knows, and claims what is to be written. */
export async function planChanges(
  { store }: StepContext,
  input: Parameters<Steps['planChanges']>[0],
): ReturnType<Steps['planChanges']> {
  const { connectionId, after } = input;
  const rows = await store.planning.rows(connectionId, input, { after, limit: PAGE });
  const outcomes: RecordOutcome[] = [];
  const operations: PlannedOperation[] = [];
  for (const row of rows) {
    const planned = planRow(row);
    if ('operation' in planned) operations.push(planned);
    else outcomes.push(planned);
  }
  await store.planning.save(input, { outcomes, operations });
  const last = rows.at(-1);
  if (rows.length === PAGE && last !== undefined) return { unfinished: 0, next: last.account.accountNumber };
  return { unfinished: await store.planning.unfinished(input), next: null };
}

function planRow(row: RowToPlan): RecordOutcome | PlannedOperation {
  const { legalEntity, kind, accountNumber } = row.account;
  const key: AccountKey = { legalEntity, kind, accountNumber };
  if (row.rejection !== null) return { ...key, outcome: 'rejected', rejection: row.rejection };
  if (row.overtaken) return { ...key, outcome: 'unchanged' };
  const form = formOf(row);
  const desiredHash = formHash(form);
  const { linkedId, adoptId, known, writtenHash, refusedAttempt } = row;
  const input = {
    desiredHash,
    tag: TAG_OF_KIND[kind],
    linkedId,
    adoptId,
    known,
    writtenHash,
    refusedHash: refusedAttempt,
  };
  return outcomeOf(key, { row, form, plan: planAccount(input) });
}

function formOf({ account, externalId, name }: RowToPlan): OrganizationForm {
  if (externalId === null || name === null)
    throw new Error('An account was planned before its external id and name were settled.');
  return renderOrganization(account, { externalId, name });
}

function outcomeOf(
  key: AccountKey,
  at: { row: RowToPlan; form: OrganizationForm; plan: Plan },
): RecordOutcome | PlannedOperation {
  const { row, form, plan } = at;
  const desiredHash = formHash(form);
  if ('operation' in plan) {
    const { externalId, name } = form;
    return { ...key, operation: plan.operation, zendeskId: 'id' in plan ? plan.id : null, externalId, name };
  }
  if (plan.outcome === 'rejected') {
    const rejection = row.lastRejection ?? zendeskRefused('it said nothing more.');
    return { ...key, outcome: 'rejected', rejection, refusedAttempt: row.refusedAttempt ?? undefined };
  }
  const isNews = row.linkedId !== plan.id || row.writtenHash !== desiredHash;
  const written = isNews ? { zendeskId: plan.id, hash: desiredHash } : undefined;
  return { ...key, outcome: 'unchanged', written, upToDate: true };
}
