import { afterEach, describe, expect, it } from '@jest/globals';
import type { RunReport } from '../../store/sync/run-reports.ts';
import {
  TASK_QUEUE,
  WORKFLOW_TYPES,
  type SyncAccountInput,
  type SyncMasterDataInput,
} from '../../workflows/contract.ts';
import { accountSyncId } from '../../workflows/ids.ts';
import { createEdits, readingOnly } from '../fixtures/edits.ts';
import { createRandom } from '../fixtures/random-choices.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

const CITIES = ['Seattle', 'Renton', 'Tacoma', 'Everett', 'Bellevue', 'Kent'];

describe('several runs that write the same accounts', () => {
  const world = setUpWorld();
  const edits = createEdits(world);

  afterEach(() => world.sandbox.control('DELETE', '/faults'));

  const startAccountSync = (input: SyncAccountInput, workflowId: string) =>
    world.client.workflow.start(WORKFLOW_TYPES.syncAccount, { taskQueue: TASK_QUEUE, workflowId, args: [input] });

  async function hold(system: string, path: string): Promise<{ id: number; struck(): Promise<number> }> {
    const fault = { system, match: { path }, times: null, action: { kind: 'hold', when: 'before' } };
    const { id } = await world.sandbox.control<{ id: number }>('POST', '/faults', fault);
    const struck = async () => {
      const { items } = await world.sandbox.control<{ items: { id: number; struck: number }[] }>('GET', '/faults');
      return items.find((listed) => listed.id === id)?.struck ?? 0;
    };
    return { id, struck };
  }

  async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 30_000;
    while (!(await isSo())) {
      if (Date.now() > deadline) throw new Error(`It never came to this: ${what}.`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  it('leave every organization in the last state of the ERP, without a duplicate', async () => {
    const random = createRandom(20_260_301);
    const numbers = await edits.generateCustomers('rc', 20);
    await world.connect('racing', readingOnly(['rc']));
    const name = (number: string) => `Racer ${number}`;
    const cities = new Map<string, string>();
    const master = await world.start({ connectionId: 'racing' }, 'master-sync/racing');
    const resyncs: { result(): Promise<unknown> }[] = [];
    for (let nth = 0; nth < 80; nth += 1) {
      const accountNumber = numbers[random(numbers.length)] ?? '';
      const city = CITIES[random(CITIES.length)] ?? '';
      cities.set(accountNumber, city);
      await edits.customer('rc', accountNumber, { OrganizationName: name(accountNumber), AddressCity: city });
      const account = { legalEntity: 'rc', kind: 'customer' as const, accountNumber };
      const workflowId = accountSyncId('racing', { ...account, key: accountNumber });
      resyncs.push(await startAccountSync({ connectionId: 'racing', ...account }, `${workflowId}/${nth}`));
    }
    await Promise.all(resyncs.map((resync) => resync.result()));
    expect(await world.ended(master)).toMatchObject({ status: 'completed' });

    const organizations = await edits.organizations('rc:');
    expect([...organizations.keys()].sort()).toEqual(numbers.map((number) => `rc:${number}`).sort());
    expect(await world.organizations()).toHaveLength(20);
    for (const [number, city] of cities) {
      const found = organizations.get(`rc:${number}`);
      expect([number, found?.name, found?.organization_fields['erp_city']]).toEqual([number, name(number), city]);
    }
    await world.client.workflow.getHandle('master-sync/racing').result();
    expect(await world.sync('racing')).toMatchObject({ status: 'completed', totals: { read: 20, unchanged: 20 } });
  });

  it('take over and finish what a terminated run had reserved', async () => {
    const numbers = await edits.generateCustomers('tk', 30);
    await world.connect('taken', readingOnly(['tk']));
    const fault = await hold('zendesk', 'organizations/create_many');
    const first = await world.start({ connectionId: 'taken' });
    await until('a job is being submitted', async () => (await fault.struck()) > 0);
    await world.client.workflow.getHandle('master-sync/taken', first).terminate('ended from outside');
    const second = world.sync('taken');
    await world.sandbox.control('DELETE', `/faults/${fault.id}`);
    const run: RunReport = await second;
    expect(run).toMatchObject({ status: 'completed', totals: { read: 30, rejected: 0, adopted: 0 } });
    expect((await edits.organizations('tk:')).size).toBe(numbers.length);
    expect(await world.store.reports.get(first)).toMatchObject({ status: 'cancelled', error: { code: 'abandoned' } });
    const next = await world.sync('taken');
    expect(next).toMatchObject({ status: 'completed', totals: { read: 30, unchanged: 30 } });
  });

  it('join a run that already does the same', async () => {
    await edits.connect('joined', { jo: { A1: 'Joined One' } });
    const fault = await hold('dynamics', 'CustomersV3');
    const running = await world.start({ connectionId: 'joined' });
    await until('the first run reads', async () => (await fault.struck()) > 0);
    const other = await start({ connectionId: 'joined' }, 'resync-by-hand');
    expect(await other.result()).toEqual({ joined: running });
    const narrower = await start({ connectionId: 'joined', legalEntity: 'JO' }, 'resync-of-one');
    expect(await narrower.result()).toEqual({ joined: running });
    expect(await world.store.reports.get(other.firstExecutionRunId)).toMatchObject({ runId: running });
    await world.sandbox.control('DELETE', `/faults/${fault.id}`);
    expect(await world.ended(running)).toMatchObject({ status: 'completed', totals: { created: 1 } });
  });

  it('wait for a run of a smaller scope, and then do the rest', async () => {
    await edits.connect('wider', { wa: { A1: 'Wider One' }, wb: { B1: 'Wider Two' } });
    const fault = await hold('dynamics', 'CustomersV3');
    const narrow = await world.start({ connectionId: 'wider', legalEntity: 'wa' });
    await until('the narrow run reads', async () => (await fault.struck()) > 0);
    const wide = await start({ connectionId: 'wider' }, 'wide-by-hand');
    await until('the wide run says what it waits for', async () => {
      const history = await wide.fetchHistory();
      const timers = (history.events ?? []).flatMap(({ timerStartedEventAttributes: timer }) => timer ?? []);
      return timers.length > 0;
    });
    expect(await world.store.reports.get(wide.firstExecutionRunId)).toBeUndefined();
    await world.sandbox.control('DELETE', `/faults/${fault.id}`);
    const first = await world.ended(narrow);
    expect(first).toMatchObject({ status: 'completed', totals: { read: 1, created: 1 } });
    expect(await wide.result()).toMatchObject({ runId: wide.firstExecutionRunId, totals: { read: 2, created: 1 } });
    const second = await world.ended(wide.firstExecutionRunId);
    expect(second).toMatchObject({ status: 'completed', totals: { read: 2, created: 1, unchanged: 1 } });
    expect(Date.parse(second.startedAt)).toBeGreaterThanOrEqual(Date.parse(first.finishedAt ?? ''));
  });

  const start = (input: SyncMasterDataInput, workflowId: string) =>
    world.client.workflow.start(WORKFLOW_TYPES.syncMasterData, { taskQueue: TASK_QUEUE, workflowId, args: [input] });
});
