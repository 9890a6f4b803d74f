import { applyChanges } from './apply-changes.ts';
import { concludeRun } from './conclude.ts';
import type { SyncAccountInput } from '../contract.ts';
import type { Totals } from '../../domain/sync/outcome.ts';
import type { Performer } from '../step-proxy.ts';
import type { RunRef } from '../steps.ts';

/**
 * Reads one record again from F&O and takes it through the same steps as a master sync, with the external id and name that
 * are reserved for it; `withDue` those that the run has taken, too. A record that F&O no longer has keeps its organization or
 * user. `own`: F&O has it.
 */
export async function syncRecord(
  performer: Performer,
  run: RunRef,
  input: SyncAccountInput & { readonly withDue?: true },
): Promise<{ totals: Totals; own: boolean }> {
  const begin = { ...run, kind: 'account' as const, full: false, acceptShrink: false };
  await performer.perform('beginRun', begin, 'Begin the resync');
  let own = false;
  const totals = await concludeRun(performer, run, async () => {
    const slice = { ...run, legalEntity: input.legalEntity.toLowerCase(), kind: input.kind };
    const what = input.kind === 'contact' ? 'contact' : 'account';
    const wanted = { ...slice, key: input.accountNumber, ...(input.withDue ? { withDue: true } : {}) };
    const staged = await performer.perform('stageRecord', wanted, `Read the ${what} from Dynamics 365`);
    own = staged.own;
    if (staged.found) await applyChanges(performer, slice, { unread: staged.unread, isLong: () => false });
    return { error: null, waitedMs: performer.waitedMs() };
  });
  return { totals, own };
}
