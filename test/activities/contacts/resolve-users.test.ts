import { describe, expect, it } from '@jest/globals';
import { planChanges } from '../../../activities/sync/plan-changes.ts';
import { resolveRefusals } from '../../../activities/sync/resolve-refusals.ts';
import type { ErpRecord } from '../../../domain/sync/record.ts';
import { useStepTests } from '../../fixtures/step-context.ts';
import type { TestRun } from '../../fixtures/test-run.ts';
import { runWithUser } from './users.ts';

const FIELDS = 'user_fields.list';
const SHOW = 'users.show_many';
const SEARCH = 'users.search';
const ADDRESS_TAKEN = 'Email: k1@contoso.example is already being used by another user';

const at = useStepTests();

const resolve = (run: TestRun) => resolveRefusals(run.context, { ...run.slice('contact'), incompleteEntities: [] });
const planAnew = (run: TestRun) => planChanges(run.context, { ...run.slice('contact'), after: '' });
const outcomeOf = async ({ connectionId }: TestRun, key = 'K1') =>
  (await at.store.records.list(connectionId, { kind: 'contact' })).items.find((item) => item.key === key);
const addUser = async (input: object): Promise<string> =>
  String((await at.sandbox.control<{ id: number }>('POST', '/state/zendesk/users', input)).id);
const addressIn = ({ legalEntity }: TestRun) => `k1@${legalEntity}.example`;

/**
 * Marks the planned contacts of a run as refused by Zendesk. `round`: the number of earlier refusals. `message`: the
 * reason.
 */
async function refuse(run: TestRun, { round = 0, message = ADDRESS_TAKEN } = {}): Promise<void> {
  await at.query(
    `update staged_records set operation_state = 'refused', refusal = $2, round = $3
     where run_id = $1 and kind = 'contact' and operation is not null`,
    run.runId,
    message,
    round,
  );
}

/** Begins a run with the refused create of the user of K1. */
async function refusedCreate(
  members: Partial<ErpRecord> = {},
  refusal: Parameters<typeof refuse>[1] = {},
): Promise<TestRun> {
  const run = await at.begin();
  await at.write(run, run.customer('A1'));
  await at.plan(run, run.contact('K1', members));
  await refuse(run, refusal);
  return run;
}

/** Begins a run with the refused update of the user of K1. `isDeleted`: the user has been deleted. */
async function refusedUpdate(isDeleted: boolean): Promise<{ run: TestRun; user: string }> {
  const { run, user } = await runWithUser(at);
  await at.plan(run, run.contact('K1', { name: 'Renamed' }));
  await refuse(run);
  if (isDeleted) await at.sandbox.control('DELETE', `/state/zendesk/users/${user}`);
  return { run, user };
}

describe('resolving the refused create of a user', () => {
  it('searches for its external id and its address, and plans it again if no user has them', async () => {
    const run = await refusedCreate();
    const { result, operations } = await at.observe(() => resolve(run));
    expect(result).toEqual({ left: 0, planned: 1, fieldsChanged: false });
    expect(operations).toEqual([FIELDS, SHOW, SEARCH]);
    await planAnew(run);
    expect(await at.staged(run)).toMatchObject({ K1: { operation: 'create', round: 1 } });
  });

  it('does not search for an address if the contact has none', async () => {
    const run = await refusedCreate({ email: null });
    expect((await at.observe(() => resolve(run))).operations).toEqual([FIELDS, SHOW]);
    expect(await at.staged(run)).toMatchObject({ K1: { state: null } });
  });

  it('updates the user with its external id', async () => {
    const run = await refusedCreate();
    const id = await addUser({ name: 'Added by an agent', external_id: `${run.legalEntity}:K1`.toUpperCase() });
    expect((await at.observe(() => resolve(run))).operations).toEqual([FIELDS, SHOW]);
    await planAnew(run);
    expect(await at.staged(run)).toMatchObject({ K1: { operation: 'update', zendeskId: id } });
  });

  it('adopts the user with its address and without an external id', async () => {
    const run = await refusedCreate();
    const id = await addUser({ name: 'Added by an agent', email: addressIn(run) });
    await resolve(run);
    await planAnew(run);
    expect(await at.staged(run)).toMatchObject({ K1: { operation: 'adopt', state: 'planned', zendeskId: id } });
  });

  it('adopts an agent, of whom only the external id is written', async () => {
    const run = await refusedCreate();
    const id = await addUser({ name: 'An agent', email: addressIn(run), role: 'agent' });
    await resolve(run);
    const [user] = await at.query(
      'select is_staff from users where connection_id = $1 and zendesk_id = $2',
      run.connectionId,
      id,
    );
    expect(user).toEqual({ is_staff: true });
  });

  it('is rejected permanently if a user of another app has its address', async () => {
    const run = await refusedCreate();
    await addUser({ name: 'CRM', email: addressIn(run), external_id: `crm-${run.legalEntity}` });
    await resolve(run);
    expect(await outcomeOf(run)).toMatchObject({ state: 'rejected', code: 'email_taken' });
    const next = await at.next(run);
    await at.plan(next, next.contact('K1'));
    expect(await at.staged(next)).toMatchObject({ K1: { outcome: 'rejected', operation: null } });
  });

  it('is rejected if the user of another contact has its address', async () => {
    const { run, user } = await runWithUser(at);
    await at.query(`update records set email_digest = null where connection_id = $1`, run.connectionId);
    await at.plan(run, run.contact('K2', { email: addressIn(run) }));
    await at.sandbox.control('PATCH', `/state/zendesk/users/${user}`, { external_id: '' });
    await refuse(run);
    await resolve(run);
    expect(await outcomeOf(run, 'K2')).toMatchObject({ state: 'rejected', code: 'email_taken' });
  });

  it('is rejected until the next run if no user is found although Zendesk reports the address as taken again', async () => {
    const run = await refusedCreate({}, { round: 1 });
    await resolve(run);
    expect(await outcomeOf(run)).toMatchObject({ state: 'rejected', code: 'email_taken' });
    const next = await at.next(run);
    await at.plan(next, next.contact('K1'));
    expect(await at.staged(next)).toMatchObject({ K1: { operation: 'create', outcome: null } });
  });

  it('is planned again if no user is found and Zendesk reports another reason', async () => {
    const run = await refusedCreate({}, { round: 1, message: 'Name cannot be blank' });
    await resolve(run);
    expect(await at.staged(run)).toMatchObject({ K1: { outcome: null, state: null, round: 2 } });
  });
});

describe('resolving the refused update of a user', () => {
  it('is planned again if the user still exists', async () => {
    const { run, user } = await refusedUpdate(false);
    expect((await at.observe(() => resolve(run))).operations).toEqual([FIELDS, SHOW, SHOW]);
    await planAnew(run);
    expect(await at.staged(run)).toMatchObject({ K1: { operation: 'update', zendeskId: user } });
  });

  it('is rejected permanently if the user was deleted', async () => {
    const { run } = await refusedUpdate(true);
    expect((await at.observe(() => resolve(run))).operations).toEqual([FIELDS, SHOW, SHOW, SEARCH]);
    expect(await outcomeOf(run)).toMatchObject({ state: 'rejected', code: 'user_deleted' });
    const next = await at.next(run);
    await at.plan(next, next.contact('K1', { name: 'Renamed' }));
    expect(await at.staged(next)).toMatchObject({ K1: { outcome: 'rejected', operation: null } });
  });

  it('continues with the user that now has its external id', async () => {
    const { run } = await refusedUpdate(true);
    const id = await addUser({ name: 'Again', external_id: `${run.legalEntity}:K1` });
    await resolve(run);
    await planAnew(run);
    expect(await at.staged(run)).toMatchObject({ K1: { operation: 'update', zendeskId: id } });
  });

  it('continues with the user that now has its address', async () => {
    const { run } = await refusedUpdate(true);
    const id = await addUser({ name: 'Again', email: addressIn(run) });
    await resolve(run);
    await planAnew(run);
    expect(await at.staged(run)).toMatchObject({ K1: { operation: 'adopt', zendeskId: id } });
  });

  it('creates the user again after an operator has allowed a retry', async () => {
    const { run } = await refusedUpdate(true);
    await resolve(run);
    await at.store.records.allowRetry(run.connectionId, { keys: ['K1'], kinds: ['contact'] });
    const next = await at.next(run);
    await at.plan(next, next.contact('K1', { name: 'Renamed' }));
    expect(await at.staged(next)).toMatchObject({ K1: { operation: 'create' } });
  });
});
