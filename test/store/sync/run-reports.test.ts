import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { openDatabase } from '../../../store/database.ts';
import { createRunReportStore } from '../../../store/sync/run-reports.ts';
import type { Store } from '../../../store/store.ts';
import { account, saveConnection } from '../../fixtures/accounts.ts';
import { openTestStore } from '../../fixtures/database.ts';

const NOTE = { code: 'bulk_user_import_off', message: 'One by one.' };

describe('the reports of runs', () => {
  let store: Store;
  let url: string;
  let close: () => Promise<void>;

  beforeAll(async () => {
    ({ store, url, close } = await openTestStore());
    await saveConnection(store, 'contoso');
    await saveConnection(store, 'busy');
    await saveConnection(store, 'waiting');
  });
  afterAll(() => close());

  /** Begins a run that has read one account and asked Zendesk `requests` times. */
  async function begin(connectionId: string, runId: string, requests: number): Promise<void> {
    const scope = { legalEntity: undefined, full: false, acceptShrink: false };
    await store.runs.begin({ runId, workflowId: `w-${runId}`, connectionId, kind: 'master', ...scope });
    await store.staging.addRecords(
      { runId, target: 'organization' },
      [account(`A-${runId}`)],
      await store.staging.now(),
    );
    for (let count = 0; count < requests; count += 1) await store.runs.countRequest(runId, 'zendesk');
  }
  const end = (runId: string) => store.reports.finish(runId, { status: 'cancelled', waitedMs: 5, error: null });

  it('show how long a run has been waiting for a rate limit, while it waits', async () => {
    await begin('waiting', 'waiting-1', 0);
    const waited = async () => (await store.reports.get('waiting-1'))?.waitedMs ?? -1;
    expect(await waited()).toBe(0);
    const request = { connectionId: 'waiting', system: 'zendesk', buckets: ['account'] };
    await store.gates.close(await store.gates.enter(request), 'account', 600_000);
    const db = openDatabase(url);
    const longAgo = `update rate_gates set closed_at = now() - interval '90 seconds' where connection_id = 'waiting'`;
    const runLongAgo = `update runs set started_at = now() - interval '2 minutes' where run_id = 'waiting-1'`;
    for (const change of [longAgo, runLongAgo]) await sql.raw(change).execute(db);
    expect(await waited()).toBeGreaterThanOrEqual(90_000);
    expect(await waited()).toBeLessThan(120_000);
    await store.gates.endWait(request);
    expect(await waited()).toBe(0);
    await db.destroy();
    await end('waiting-1');
    expect(await waited()).toBe(5);
  });

  it('show of every run its own phases, requests and notes, live while it is under way', async () => {
    await begin('contoso', 'run-1', 2);
    await store.runs.addNote('run-1', NOTE);
    await store.runs.addNote('run-1', NOTE);
    await end('run-1');
    await begin('contoso', 'run-2', 1);
    const { items, total } = await store.reports.list('contoso', undefined);
    expect(total).toBe(2);
    expect(items).toEqual([
      expect.objectContaining({
        runId: 'run-2',
        status: 'running',
        totals: expect.objectContaining({ read: 1 }),
        phases: [expect.objectContaining({ legalEntity: 'usmf', kind: 'customer', read: 1 })],
        requests: { dynamics: 0, zendesk: 1, entra: 0 },
        notes: [],
      }),
      expect.objectContaining({
        runId: 'run-1',
        status: 'cancelled',
        totals: expect.objectContaining({ read: 0 }),
        phases: [expect.objectContaining({ legalEntity: 'usmf', kind: 'customer', read: 0 })],
        requests: { dynamics: 0, zendesk: 2, entra: 0 },
        notes: [NOTE],
      }),
    ]);
    expect(await store.reports.get('run-1')).toEqual(items[1]);
    expect((await store.reports.list('contoso', 1)).items).toEqual([items[0]]);
  });

  it('show the notes of one code as one, with each message once', async () => {
    await saveConnection(store, 'noted');
    await begin('noted', 'noted-1', 0);
    const other = { code: 'field_missing', message: 'The field "erp_city" is missing.' };
    const second = { ...other, message: 'The field "erp_country" is missing.' };
    for (const note of [other, NOTE, second, other, second, NOTE]) await store.runs.addNote('noted-1', note);
    await end('noted-1');
    expect((await store.reports.get('noted-1'))?.notes).toEqual([
      NOTE,
      { code: 'field_missing', message: `${other.message} ${second.message}` },
    ]);
    expect(await store.runs.hasNote('noted-1', 'field_missing')).toBe(true);
    expect(await store.runs.hasNote('noted-1', 'field_inactive')).toBe(false);
  });

  it('of a connection without runs are an empty list', async () => {
    await saveConnection(store, 'quiet');
    expect(await store.reports.list('quiet', undefined)).toEqual({ items: [], total: 0 });
  });

  it('take as many queries for thirty runs as for one', async () => {
    const db = openDatabase(url);
    let queries = 0;
    const counting = db.withPlugin({
      transformQuery({ node }) {
        queries += 1;
        return node;
      },
      transformResult: ({ result }) => Promise.resolve(result),
    });
    const reports = createRunReportStore(counting);
    const queriesOfList = async (runs: number): Promise<number> => {
      queries = 0;
      expect((await reports.list('busy', undefined)).items).toHaveLength(runs);
      return queries;
    };
    try {
      await begin('busy', 'busy-0', 1);
      const ofOne = await queriesOfList(1);
      await end('busy-0');
      for (let n = 1; n < 30; n += 1) {
        await begin('busy', `busy-${n}`, 1);
        await end(`busy-${n}`);
      }
      expect(await queriesOfList(30)).toBe(ofOne);
    } finally {
      await db.destroy();
    }
  });
});
