import { describe, expect, it } from '@jest/globals';
import { annotate } from '../../../activities/support/annotate.ts';
import type { AnnotationTarget } from '../../../domain/support/annotation-target.ts';
import type { StepContext } from '../../../activities/dependencies.ts';
import { annotatingCustomers } from '../../fixtures/accounts.ts';
import { useStepTests } from '../../fixtures/step-context.ts';
import type { ChangeSettings, TestRun } from '../../fixtures/test-run.ts';
import { beginSupported, countTickets, memoOf, ticketOf, type Supported } from './supported.ts';

const CUSTOMER = /^\/data\/CustomersV3\(/.source;

const at = useStepTests();

const inputOf = ({ connectionId, legalEntity }: TestRun, key = 'A1') => ({
  connectionId,
  legalEntity,
  kind: 'customer',
  key,
});
const write = (run: TestRun, context: StepContext = at.contextOf({ connectionId: run.connectionId })) =>
  at.observe(() => annotate(context, inputOf(run)));
const reportOf = async ({ connectionId }: TestRun) => (await at.store.support.list(connectionId, undefined)).items[0];
const settingTo =
  (target: Partial<AnnotationTarget>): ChangeSettings =>
  (settings) =>
    annotatingCustomers(settings, target);

/** Begins a run of a connection whose only account has one open ticket. */
async function withTicket(options: Parameters<typeof beginSupported>[1] = {}): Promise<Supported> {
  const supported = await beginSupported(at, options);
  await countTickets(at, supported.run, ticketOf('1', supported.organization));
  return supported;
}

/** Adds a fault to the next request to F&O for the account. */
const failOnce = (method: string, action: object) =>
  at.sandbox.control('POST', '/faults', { system: 'dynamics', match: { method, path: CUSTOMER }, action });
const methods = ({ entries }: Awaited<ReturnType<typeof write>>) => entries.map(({ method }) => method);

describe('annotating an account', () => {
  it('does nothing for an account that is not linked', async () => {
    const run = await at.begin();
    await at.plan(run, run.customer('A1'));
    const { result, operations } = await write(run);
    expect([result, operations]).toEqual([{ outcome: 'not_linked' }, []]);
  });

  it('only stores the load of an account without tickets and without an annotation', async () => {
    const { run } = await beginSupported(at);
    const { result, operations } = await write(run);
    expect([result, operations]).toEqual([{ outcome: 'unchanged' }, []]);
    expect(await reportOf(run)).toMatchObject({ open: 0, written: null });
  });

  it('writes the lines after the text of users, and nothing the second time', async () => {
    const { run, organization } = await withTicket({ memo: 'Call before noon.' });
    const first = await write(run);
    expect([first.result, methods(first)]).toEqual([{ outcome: 'written' }, ['GET', 'PATCH']]);
    const memo = await memoOf(at, run);
    expect(memo.startsWith('Call before noon.')).toBe(true);
    expect(memo).toContain(`/agent/organizations/${organization}`);
    expect(await reportOf(run)).toMatchObject({ open: 1, written: expect.stringContaining('Open: 1'), problem: null });
    const second = await write(run);
    expect([second.result, second.operations]).toEqual([{ outcome: 'unchanged' }, []]);
  });

  it('only stores that the lines are written if the account already has them', async () => {
    const { run } = await withTicket();
    await write(run);
    await at.query('update account_support set written = null where connection_id = $1', run.connectionId);
    const again = await write(run);
    expect([again.result, methods(again)]).toEqual([{ outcome: 'unchanged' }, ['GET']]);
    expect((await write(run)).operations).toEqual([]);
  });

  it('stores the time at which it read the tickets, so that later changes start it again', async () => {
    const { run, organization } = await withTicket();
    const dueAt = async () =>
      at.store.annotationWakes.due(run.connectionId, [organization], await at.store.staging.now());
    await at.store.annotationWakes.recordWakes(run.connectionId, [inputOf(run)], await at.store.staging.now());
    expect(await dueAt()).toEqual([]);
    await write(run);
    expect(await dueAt()).toMatchObject([{ key: 'A1' }]);
  });

  it('writes only the typed fields that differ', async () => {
    await at.sandbox.control('POST', '/state/dynamics/fields', {
      entitySet: 'CustomersV3',
      name: 'OpenTickets',
      type: 'Edm.Int32',
    });
    await at.sandbox.control('POST', '/state/dynamics/fields', { entitySet: 'CustomersV3', name: 'SupportStatus' });
    const change = settingTo({ fields: { openTickets: 'OpenTickets', status: 'SupportStatus' } });
    const { run } = await withTicket({ change });
    await at.sandbox.control('PUT', `/state/dynamics/customers/${run.legalEntity}/A1`, { OpenTickets: 1 });
    const { result, entries } = await write(run);
    expect(result).toEqual({ outcome: 'written' });
    expect(entries[1]?.body).toEqual({ SupportStatus: (await reportOf(run))?.status });
  });

  it('does nothing for a kind without an annotation', async () => {
    const { run } = await withTicket({
      change: (settings) => ({ ...settings, annotation: { ...settings.annotation, customers: undefined as never } }),
    });
    const { result, operations } = await write(run);
    expect([result, operations]).toEqual([{ outcome: 'annotation_off' }, []]);
  });
});

describe('an account that is changed at the same time', () => {
  it('is read and written again', async () => {
    const { run } = await withTicket();
    await at.sandbox.control('PATCH', '/settings/dynamics', { updateConflicts: 2 });
    const seen = await write(run);
    expect([seen.result, methods(seen)]).toEqual([
      { outcome: 'written' },
      ['GET', 'PATCH', 'GET', 'PATCH', 'GET', 'PATCH'],
    ]);
  });

  it('is read again if the etag is outdated', async () => {
    const { run } = await withTicket();
    await failOnce('PATCH', { kind: 'status', status: 412 });
    expect(methods(await write(run))).toEqual(['GET', 'PATCH', 'GET', 'PATCH']);
  });

  it('fails the attempt of the step after three tries', async () => {
    const { run } = await withTicket();
    await at.sandbox.control('PATCH', '/settings/dynamics', { updateConflicts: 3 });
    await expect(write(run)).rejects.toThrow(Error);
    expect(await reportOf(run)).toBeUndefined();
  });
});

describe('an account that cannot be annotated', () => {
  it('is missing if F&O does not have it', async () => {
    const { run } = await withTicket();
    await at.sandbox.control('DELETE', `/state/dynamics/customers/${run.legalEntity}/A1`);
    const { result } = await write(run);
    expect(result).toEqual({ outcome: 'account_missing' });
    expect(await reportOf(run)).toMatchObject({ open: 1, written: null, problem: { code: 'account_missing' } });
  });

  it('is missing if it is deleted before it is written', async () => {
    const { run } = await withTicket();
    await failOnce('PATCH', { kind: 'status', status: 404 });
    expect((await write(run)).result).toEqual({ outcome: 'account_missing' });
  });

  it('has no room if the text of users fills the field', async () => {
    const { run } = await withTicket({ memo: 'x'.repeat(60), change: settingTo({ maxLength: 70 }) });
    const seen = await write(run);
    expect([seen.result, methods(seen)]).toEqual([{ outcome: 'annotation_no_room' }, ['GET']]);
    expect(await memoOf(at, run)).toBe('x'.repeat(60));
  });

  it('is refused if F&O does not accept the text, with the message of F&O', async () => {
    const { run } = await withTicket();
    const body = { error: { code: '', message: 'Field Customer group must be filled in' } };
    await failOnce('PATCH', { kind: 'status', status: 400, body });
    expect((await write(run)).result).toEqual({ outcome: 'annotation_refused' });
    const problem = (await reportOf(run))?.problem;
    expect(problem?.message).toContain('Field Customer group must be filled in');
  });

  it('has no problem any more after a successful write', async () => {
    const { run } = await withTicket();
    await failOnce('PATCH', { kind: 'status', status: 404 });
    await write(run);
    await write(run);
    expect(await reportOf(run)).toMatchObject({ problem: null, written: expect.any(String) });
  });

  it('fails the step if the F&O user may not read it, and has the problem', async () => {
    const { run } = await withTicket();
    await at.sandbox.control('PATCH', '/settings/dynamics', { deniedEntitySets: ['CustomersV3'] });
    await expect(write(run)).rejects.toMatchObject({ type: 'missing_privilege', nonRetryable: true });
    expect((await reportOf(run))?.problem?.code).toBe('missing_privilege');
  });

  it('fails the step if the F&O user may not write it', async () => {
    const { run } = await withTicket();
    await at.sandbox.control('PATCH', '/settings/dynamics', { readOnlyEntitySets: ['CustomersV3'] });
    await expect(write(run)).rejects.toMatchObject({ type: 'missing_privilege' });
  });

  it('is not changed if F&O is unavailable', async () => {
    const { run } = await withTicket();
    await failOnce('GET', { kind: 'status', status: 500 });
    await expect(write(run)).rejects.toMatchObject({ name: 'RemoteError', kind: 'unavailable' });
    expect(await reportOf(run)).toBeUndefined();
  });
});
