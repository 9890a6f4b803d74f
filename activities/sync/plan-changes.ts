import type { PlannedOperation } from '../../store/sync/claims.ts';
import type { RecordOutcome } from '../../store/sync/outcomes.ts';
import type { Steps } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';
import { planContact } from '../contacts/plan-contact.ts';
import { planOrganization } from '../accounts/plan-organization.ts';

const PAGE = 1_000;

/** Plans one page of records. Planning calls nobody: it compares what the store knows, and claims what is to be written. */
export async function planChanges(
  { store }: StepContext,
  input: Parameters<Steps['planChanges']>[0],
): ReturnType<Steps['planChanges']> {
  const { connectionId, after, kind } = input;
  const rows = await store.planning.rows(connectionId, input, { after, limit: PAGE });
  const outcomes: RecordOutcome[] = [];
  const operations: PlannedOperation[] = [];
  for (const row of rows) {
    const planned = kind === 'contact' ? planContact(row) : planOrganization(row);
    if ('operation' in planned) operations.push(planned);
    else outcomes.push(planned);
  }
  await store.planning.save(input, { outcomes, operations });
  const last = rows.at(-1);
  if (rows.length === PAGE && last !== undefined) return { unfinished: 0, next: last.record.key };
  return { unfinished: await store.planning.unfinished(input), next: null };
}
