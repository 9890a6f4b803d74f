import { applyChanges } from './apply-changes.ts';
import { concludeRun } from './conclude.ts';
import type { SyncAccountInput } from './contract.ts';
import type { Totals } from '../domain/outcome.ts';
import type { Performer } from './perform.ts';
import type { RunRef } from './steps.ts';

/**
 * Reads one record again from F&O and takes it through the same steps as a master sync, with the external id and name that
 * are reserved for it. A record that F&O no longer has keeps its organization or user.
 */
export async function syncRecord(performer: Performer, run: RunRef, input: SyncAccountInput): Promise<Totals> {
  const begin = { ...run, kind: 'account' as const, full: false, acceptShrink: false };
  await performer.perform('beginRun', begin, 'Begin the resync');
  return concludeRun(performer, run, async () => {
    const slice = { ...run, legalEntity: input.legalEntity.toLowerCase(), kind: input.kind };
    const what = input.kind === 'contact' ? 'contact' : 'account';
    const staged = { ...slice, key: input.accountNumber };
    const { found, unread } = await performer.perform('stageRecord', staged, `Read the ${what} from Dynamics 365`);
    if (found) await applyChanges(performer, slice, { unread, isLong: () => false });
    return { error: null, waitedMs: performer.waitedMs() };
  });
}
