import { describe, expect, it } from '@jest/globals';
import { keyOf, type ErpRecord } from '../../../domain/sync/record.ts';
import { account } from '../../fixtures/accounts.ts';
import { useConnectedStore } from '../../fixtures/connected-store.ts';
import { CONNECTION, endRun, recordChanges, sliceOf } from '../kit.ts';

const CUSTOMER = account('B', { name: 'Contoso' });
const SITE = account('A', { kind: 'site', name: 'Contoso' });
const KINDS = ['customer', 'vendor', 'site'];

describe('accounts of a kind that a connection has besides the usual ones', () => {
  const at = useConnectedStore();

  /** Begins a run that has read a customer and a site of one name, and reserves for both. */
  async function begin(runId: string): Promise<void> {
    const run = { runId, connectionId: CONNECTION };
    await at.store.runs.begin({ ...run, workflowId: 'sync', kind: 'master', full: false, acceptShrink: false });
    const readAt = await at.store.staging.now();
    await at.store.staging.addRecords({ runId, target: 'organization' }, [SITE, CUSTOMER], readAt);
    await at.store.reservations.prepare({ ...run, kinds: KINDS });
    const templates = { customer: '{accountNumber}', site: '{kind}:{accountNumber}' };
    const policy = { templates, adopt: 'by-name', incompleteEntities: [] } as const;
    await at.store.reservations.reservePage({ ...run, ...policy, kinds: KINDS }, 0, 10);
  }
  const planned = async (runId: string, record: ErpRecord) => {
    const rows = await at.store.planning.rows(CONNECTION, sliceOf(runId, record), { after: '', limit: 10 });
    return rows.map(({ externalId, name }) => ({ externalId, name }));
  };

  it('have external ids by a template of their own, and names after those of the kinds before', async () => {
    await begin('run-1');
    expect(await planned('run-1', CUSTOMER)).toEqual([{ externalId: 'B', name: 'Contoso' }]);
    expect(await planned('run-1', SITE)).toEqual([{ externalId: 'site:A', name: 'Contoso (A)' }]);
    await at.store.runs.abandon('run-1');
  });

  it('are counted, listed and retried by their kind', async () => {
    await begin('run-2');
    const remark = { code: 'zendesk_refused', message: 'No.', action: 'Retry.' } as const;
    const outcomes = [
      { ...keyOf(SITE), outcome: 'rejected', remark, refusedAttempt: 'digest' } as const,
      { ...keyOf(CUSTOMER), outcome: 'unchanged' } as const,
    ];
    await recordChanges(at.store, 'run-2', { outcomes });
    await endRun(at.store, 'run-2');
    expect((await at.store.reports.get('run-2'))?.phases).toMatchObject([
      { kind: 'customer', read: 1, unchanged: 1 },
      { kind: 'site', read: 1, rejected: 1 },
    ]);
    expect(await at.store.records.list(CONNECTION, { kind: 'site' })).toMatchObject({
      items: [{ key: 'A' }],
      total: 1,
    });
    const keys = ['USMF/site/A'];
    expect(await at.store.records.allowRetry(CONNECTION, { keys, kinds: ['customer'] })).toEqual([]);
    expect(await at.store.records.allowRetry(CONNECTION, { keys, kinds: KINDS })).toEqual([keyOf(SITE)]);
  });
});
