import type { Totals } from '../../domain/sync/outcome.ts';
import type { SyncAccountInput, WithoutGo } from '../contract.ts';
import type { StepProxy } from '../step-proxy.ts';
import type { RunRef } from '../steps.ts';
import { applyChanges } from './apply-changes.ts';
import { concludeRun } from './conclude.ts';
import { withoutGo } from './without-go.ts';

/**
 * Reads one record again from F&O and applies its changes in the same steps as a master sync, with its reservations.
 * `withDue` adds the due records that the run has taken. A record that F&O no longer has keeps its organization or
 * user. The result `own` is true when F&O has the record. Without a go for the record, nothing is read or written.
 */
export async function syncRecord(
  proxy: StepProxy,
  run: RunRef,
  input: SyncAccountInput & { readonly withDue?: true },
): Promise<{ totals: Totals; own: boolean } | WithoutGo> {
  const { steps, waitedMs } = proxy;
  const only = { legalEntity: input.legalEntity.toLowerCase(), kind: input.kind };
  const begun = await steps.beginRun(
    { ...run, kind: 'account', full: false, acceptShrink: false, slice: only },
    'Begin the resync',
  );
  if (begun.state === 'no_go') return withoutGo(begun.message);
  let own = false;
  const totals = await concludeRun(proxy, run, async () => {
    const slice = { ...run, ...only };
    const wanted = { ...slice, key: input.accountNumber, ...(input.withDue ? { withDue: true } : {}) };
    const staged = await steps.stageRecord(wanted, `Read the ${input.kind} from Dynamics 365`);
    own = staged.own;
    const { incompleteEntities } = staged;
    if (staged.found) await applyChanges(proxy, slice, { incompleteEntities, isLong: () => false });
    return { error: null, waitedMs: waitedMs() };
  });
  return { totals, own };
}
