import { describe, expect, it } from '@jest/globals';
import { readUserChanges } from '../../../activities/support/read-support-changes.ts';
import { annotateChanged } from '../../../activities/support/annotate-changed.ts';
import type { StepContext } from '../../../activities/dependencies.ts';
import type { ErpRecord } from '../../../domain/sync/record.ts';
import { useStepTests } from '../../fixtures/step-context.ts';
import type { ChangeSettings, TestRun } from '../../fixtures/test-run.ts';
import { countTickets, enterCustomer, memoOf, ticketOf } from './supported.ts';

const at = useStepTests();

const WITH_VENDORS: ChangeSettings = (settings) => ({ ...settings, sync: { ...settings.sync, vendors: true } });
const NO_PRIVILEGE = { code: 'missing_privilege', message: 'Not allowed.' };

/** Annotates the accounts of a connection, from the beginning or after an organization. */
const annotate = (
  { connectionId }: TestRun,
  { after = '', ...change }: { after?: string } & Partial<StepContext> = {},
) => at.observe(() => annotateChanged(at.contextOf({ connectionId }, change), { connectionId, after }));

/** Writes `count` customers, each with an open ticket. Returns their organizations in the order of the step. */
async function withTickets(count: number, change?: ChangeSettings): Promise<{ run: TestRun; organizations: string[] }> {
  const run = await at.begin(change);
  const records = Array.from({ length: count }, (_, n) => run.customer(`A${String(n).padStart(2, '0')}`));
  for (const { key } of records) await enterCustomer(at, run, { key, memo: '' });
  const [first = run.customer('A00'), ...others] = records;
  await at.write(run, first, ...others);
  return { run, organizations: await countOneTicketEach(run) };
}

async function countOneTicketEach(run: TestRun): Promise<string[]> {
  const { items } = await at.store.records.list(run.connectionId, {});
  const organizations = items.flatMap(({ zendeskId }) => zendeskId ?? []).sort();
  await countTickets(at, run, ...organizations.map((id, n) => ticketOf(String(n + 1), id)));
  return organizations;
}

/** Adds a vendor to the customers of a run. */
async function addVendor(run: TestRun): Promise<void> {
  const { legalEntity } = run;
  await at.sandbox.control('PUT', `/state/dynamics/vendors/${legalEntity}/V1`, { VendorOrganizationName: 'V1' });
  const vendor: ErpRecord = { ...run.customer('V1'), kind: 'vendor', values: {} };
  await at.write(run, vendor);
  await countOneTicketEach(run);
}

const reports = async ({ connectionId }: TestRun) => (await at.store.support.list(connectionId, undefined)).items;

describe('annotating the accounts that differ', () => {
  it('writes each account once, and sends no request the second time', async () => {
    const { run } = await withTickets(2);
    expect((await annotate(run)).result).toEqual({ written: 2, next: null });
    expect(await memoOf(at, run, 'A01')).toContain('Open: 1');
    const { result, operations } = await annotate(run);
    expect([result, operations]).toEqual([{ written: 0, next: null }, []]);
  });

  it('writes 20 accounts in a step, and continues after the last one', async () => {
    const { run, organizations } = await withTickets(21);
    const first = await annotate(run);
    expect(first.result).toEqual({ written: 20, next: organizations[19] });
    expect(first.operations).toHaveLength(40);
    const after = organizations[19] ?? '';
    expect((await annotate(run, { after })).result).toEqual({ written: 1, next: null });
  });

  it('does not count unchanged accounts towards the 20', async () => {
    const { run, organizations } = await withTickets(21);
    await annotate(run);
    expect((await annotate(run)).result).toEqual({ written: 1, next: null });
    expect(organizations).toHaveLength(21);
  });

  it('checks 200 accounts in a step if none differs', async () => {
    const run = await at.begin();
    await at.query(
      `insert into records (connection_id, legal_entity, kind, target, key, plain_name, plain_name_key, zendesk_id)
       select $1, $1, 'customer', 'organization', 'N' || n, '', '', (1000 + n)::text from generate_series(1, 200) n`,
      run.connectionId,
    );
    await at.query(
      `insert into account_support (connection_id, legal_entity, kind, key, load, status, computed_at)
       select $1, $1, 'customer', 'N' || n, '{}', 'ok', now() from generate_series(1, 200) n`,
      run.connectionId,
    );
    const { result, operations } = await annotate(run);
    expect([result, operations]).toEqual([{ written: 0, next: '1200' }, []]);
    expect((await annotate(run, { after: '1200' })).result).toEqual({ written: 0, next: null });
  });

  it('continues with the others if one account cannot be annotated', async () => {
    const { run } = await withTickets(2);
    await at.sandbox.control('DELETE', `/state/dynamics/customers/${run.legalEntity}/A00`);
    expect((await annotate(run)).result).toEqual({ written: 1, next: null });
    const problems = (await reports(run)).flatMap(({ problem }) => problem?.code ?? []);
    expect(problems).toEqual(['account_missing']);
  });
});

describe('a missing privilege of the F&O user', () => {
  it('fails the step after the accounts of other kinds are written', async () => {
    const { run } = await withTickets(3, WITH_VENDORS);
    await addVendor(run);
    await at.sandbox.control('PATCH', '/settings/dynamics', { deniedEntitySets: ['CustomersV3'] });
    await expect(annotate(run)).rejects.toMatchObject({ type: 'missing_privilege', nonRetryable: true });
    const byKind = (await reports(run)).map(({ kind, written, problem }) => [kind, written !== null, problem?.code]);
    expect([...byKind].sort()).toEqual([
      ['customer', false, 'missing_privilege'],
      ['customer', false, 'missing_privilege'],
      ['customer', false, 'missing_privilege'],
      ['vendor', true, undefined],
    ]);
  });

  it('causes one request, for any number of accounts of the kind', async () => {
    const { run } = await withTickets(3);
    await at.sandbox.control('PATCH', '/settings/dynamics', { deniedEntitySets: ['CustomersV3'] });
    await at.sandbox.control('DELETE', '/journal');
    const { connectionId } = run;
    await expect(annotateChanged(at.contextOf({ connectionId }), { connectionId, after: '' })).rejects.toThrow();
    const { items } = await at.sandbox.control<{ items: unknown[] }>('GET', '/journal?system=dynamics');
    expect(items).toHaveLength(1);
  });

  it('also fails the step if an account of an earlier step has the problem', async () => {
    const { run } = await withTickets(1);
    await at.sandbox.control('PATCH', '/settings/dynamics', { deniedEntitySets: ['CustomersV3'] });
    await expect(annotate(run)).rejects.toMatchObject({ type: 'missing_privilege' });
    await expect(annotate(run, { after: '9' })).rejects.toMatchObject({ type: 'missing_privilege' });
  });
});

describe('the health of support', () => {
  /** Annotates the accounts of a connection. Returns the connections whose alert delivery was started. */
  async function alertsOf(run: TestRun): Promise<string[]> {
    const woken: string[] = [];
    const wakeAlerts = (id: string) => Promise.resolve(void woken.push(id));
    await annotate(run, { sendAlert: () => Promise.resolve(), wakeAlerts });
    return woken;
  }

  it('recovers after all accounts were checked, with an alert', async () => {
    const { run } = await withTickets(1);
    await at.store.health.record({ connectionId: run.connectionId, subject: 'support', problem: NO_PRIVILEGE });
    await at.store.health.delivered(run.connectionId);
    expect(await alertsOf(run)).toEqual([run.connectionId]);
    const next = await at.store.health.nextAlert(run.connectionId);
    expect(next?.alert).toMatchObject({ subject: 'support', isFailing: false });
  });

  it('causes no alert if there was no problem before', async () => {
    const { run } = await withTickets(1);
    expect(await alertsOf(run)).toEqual([]);
  });

  it('recovers only after the users if they are read later, and if the annotations had no problem', async () => {
    const { run } = await withTickets(1);
    const { connectionId } = run;
    await at.store.health.record({ connectionId, subject: 'support', problem: NO_PRIVILEGE });
    await at.store.health.delivered(connectionId);
    const context = at.contextOf(run, { sendAlert: () => Promise.resolve() });
    const isFailing = async () => !(await at.store.health.hasAlerts(connectionId));
    await annotateChanged(context, { connectionId, after: '', usersFollow: true });
    expect(await isFailing()).toBe(true);
    await readUserChanges(context, { connectionId, endsWell: false });
    expect(await isFailing()).toBe(true);
    await readUserChanges(context, { connectionId, endsWell: true });
    expect(await isFailing()).toBe(false);
  });

  it('does not recover before all accounts were checked', async () => {
    const { run } = await withTickets(21);
    await at.store.health.record({ connectionId: run.connectionId, subject: 'support', problem: NO_PRIVILEGE });
    await at.store.health.delivered(run.connectionId);
    expect(await alertsOf(run)).toEqual([]);
    expect(await alertsOf(run)).toEqual([run.connectionId]);
  });
});
