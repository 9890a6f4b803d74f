import { zendeskRefused } from '../domain/rejection.ts';
import { nameKey } from '../domain/organization-name.ts';
import { attemptText } from '../domain/plan.ts';
import type { SeenOrganization } from '../domain/organization.ts';
import type { JobRow } from '../store/jobs.ts';
import { formHash } from '../store/organizations.ts';
import type { RecordOutcome } from '../store/outcomes.ts';
import type { SliceRef, Steps } from '../workflows/steps.ts';
import type { FarSystems, StepContext } from './dependencies.ts';
import { formOf } from './record-jobs.ts';
import { settleRequest } from './settle.ts';

const ROWS_PER_STEP = 50;
/** Refusals in a row after which a record is rejected: as it is, twice after a look-up, and under another name. */
const MOST_REFUSALS = 4;

/**
 * Looks up what stands in the way of refused rows, whatever Zendesk said of the reason: who has the external id, who has
 * the name, and whether the organization is still there. Then each is settled and planned anew; one that is refused even
 * under its next name is rejected with Zendesk's words.
 */
export async function resolveRefusals(
  context: StepContext,
  input: Parameters<Steps['resolveRefusals']>[0],
): ReturnType<Steps['resolveRefusals']> {
  const { store } = context;
  const rows = await store.jobs.rowsIn(input.connectionId, input, { state: 'refused', limit: ROWS_PER_STEP });
  if (rows.length === 0) return { left: 0, planned: 0 };
  const outcomes = rows.filter(({ round }) => round >= MOST_REFUSALS).map(asRejected);
  const hopeful = rows.filter(({ round }) => round < MOST_REFUSALS);
  await store.work.record(input, { outcomes });
  if (hopeful.length > 0) await resolve(context, input, { rows: hopeful, unread: input.unread });
  return { left: rows.length === ROWS_PER_STEP ? 1 : 0, planned: hopeful.length };
}

function asRejected(row: JobRow): RecordOutcome {
  const known = row.known === null ? null : { id: row.zendeskId ?? '', ...row.known };
  const refusedAttempt = attemptText({ desiredHash: formHash(formOf(row)), known });
  return {
    ...row.account,
    outcome: 'rejected',
    rejection: zendeskRefused(row.refusal ?? 'it gave no reason.'),
    refusedAttempt,
  };
}

async function resolve(
  context: StepContext,
  slice: SliceRef,
  { rows, unread }: { rows: readonly JobRow[]; unread: readonly string[] },
): Promise<void> {
  const { store, far } = context;
  const askedAt = await store.staging.now();
  const { organizations, gone } = await far(({ zendesk }) => lookUp(zendesk, rows));
  await store.work.record(slice, { seen: { organizations, askedAt }, gone: { ids: gone, askedAt } });
  const keys = rows.map(({ account: { legalEntity, kind, accountNumber } }) => ({ legalEntity, kind, accountNumber }));
  const refusedNames = rows.filter((row) => isNameRefused(row, organizations)).map(({ name }) => name);
  await store.reservations.settleAgain(await settleRequest(context, slice, unread), keys, refusedNames);
  await store.work.record(slice, { marks: keys.map((key) => ({ ...key, state: 'unplanned' as const })) });
}

/**
 * Whether a refused row needs another name. The first refusal may be about anything, and whoever has the name may be about
 * to give it up in this very run; when nobody is seen to have it any more, it is tried once more as it is.
 */
function isNameRefused({ round, name, zendeskId }: JobRow, organizations: readonly SeenOrganization[]): boolean {
  const isTaken = organizations.some(({ id, name: other }) => id !== zendeskId && nameKey(other) === nameKey(name));
  return round > 1 || (round === 1 && isTaken);
}

async function lookUp(
  zendesk: FarSystems['zendesk'],
  rows: readonly JobRow[],
): Promise<{ organizations: SeenOrganization[]; gone: string[] }> {
  const ids = rows.flatMap(({ zendeskId }) => (zendeskId === null ? [] : [zendeskId]));
  const byId = ids.length === 0 ? [] : await zendesk.showOrganizations({ ids });
  const byExternalId = await zendesk.showOrganizations({ externalIds: rows.map(({ externalId }) => externalId) });
  const byName: SeenOrganization[] = [];
  for (const { name } of rows) byName.push(...(await zendesk.findOrganizationsByName(name)));
  const shown = new Set(byId.map(({ id }) => id));
  return { organizations: [...byId, ...byExternalId, ...byName], gone: ids.filter((id) => !shown.has(id)) };
}
