import type { Totals } from '../../domain/sync/outcome.ts';
import type { SyncAccountInput, WithoutGo } from '../contract.ts';
import { addSearchAttributes } from '../add-search-attributes.ts';
import { createSteps } from '../step-proxy.ts';
import { ownRun } from './own-run.ts';
import { syncRecord } from './sync-record.ts';

/** Synchronizes one record again. A person or a retry starts it. */
export async function syncAccount(input: SyncAccountInput): Promise<Totals | WithoutGo> {
  addSearchAttributes(input.connectionId, input.legalEntity);
  const proxy = createSteps(input.connectionId);
  const result = await syncRecord(proxy, ownRun({ connectionId: input.connectionId }), input);
  return 'totals' in result ? result.totals : result;
}
