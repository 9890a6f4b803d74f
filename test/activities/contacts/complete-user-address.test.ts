import { describe, expect, it } from '@jest/globals';
import { completeRecords } from '../../../activities/sync/complete-records.ts';
import { useStepTests } from '../../fixtures/step-context.ts';
import type { TestRun } from '../../fixtures/test-run.ts';
import { addressesOf, runWithUser } from './users.ts';

const LIST = 'users.identities.list';
const ADD = 'users.identities.create';
const ADDING = { method: 'POST', path: '/identities$' };

const at = useStepTests();

const complete = (run: TestRun) => completeRecords(run.context, run.slice('contact'));
const outcomeOf = async ({ connectionId }: TestRun) =>
  (await at.store.records.list(connectionId, { kind: 'contact' })).items[0];
const addressIn = ({ legalEntity }: TestRun) => `new@${legalEntity}.example`;

/** Begins a run in which F&O has a new address for the contact K1. */
async function withNewAddress() {
  const { run, user } = await runWithUser(at);
  await at.plan(run, run.contact('K1', { email: addressIn(run) }));
  return { run, user };
}

describe('a user without the address of its contact', () => {
  it('gets it as a secondary address, and keeps the primary one', async () => {
    const { run, user } = await withNewAddress();
    const { operations, entries } = await at.observe(() => complete(run));
    expect(operations).toEqual([LIST, ADD]);
    expect(entries[1]?.body).toMatchObject({ identity: { value: addressIn(run), verified: false, primary: false } });
    expect(await addressesOf(at, user)).toEqual([`k1@${run.legalEntity}.example`, addressIn(run)]);
    expect(await outcomeOf(run)).toMatchObject({ state: 'updated', code: null });
    const next = await at.next(run);
    await at.plan(next, next.contact('K1', { email: addressIn(run) }));
    expect(await at.staged(next)).toMatchObject({ K1: { outcome: 'unchanged' } });
  });

  it('gets it as a verified address if the connection is configured so', async () => {
    const before = await at.begin((settings) => ({
      ...settings,
      sync: { ...settings.sync, secondaryEmailVerified: true },
    }));
    await at.write(before, before.customer('A1'));
    await at.write(before, before.contact('K1'));
    const run = await at.next(before);
    await at.plan(run, run.contact('K1', { email: addressIn(run) }));
    const { entries } = await at.observe(() => complete(run));
    expect(entries[1]?.body).toMatchObject({ identity: { verified: true } });
  });

  it('is not changed if it already has the address, in any case', async () => {
    const { run, user } = await withNewAddress();
    const identity = { type: 'email', value: addressIn(run).toUpperCase(), verified: true };
    await at.callZendesk('POST', `users/${user}/identities`, { identity });
    expect((await at.observe(() => complete(run))).operations).toEqual([LIST]);
    expect(await outcomeOf(run)).toMatchObject({ state: 'updated', code: null });
  });

  it('is rejected but remains linked if another user has the address', async () => {
    const { run, user } = await withNewAddress();
    await at.sandbox.control('POST', '/state/zendesk/users', { name: 'Another user', email: addressIn(run) });
    await complete(run);
    expect(await outcomeOf(run)).toMatchObject({ state: 'rejected', code: 'email_taken', zendeskId: user });
    const next = await at.next(run);
    await at.plan(next, next.contact('K1', { email: addressIn(run) }));
    expect(await at.staged(next)).toMatchObject({ K1: { outcome: 'rejected', operation: null } });
  });

  it('is left to the resolution of refusals if it was deleted', async () => {
    const { run, user } = await withNewAddress();
    await at.sandbox.control('DELETE', `/state/zendesk/users/${user}`);
    const { operations } = await at.observe(() => complete(run));
    expect(operations).toEqual([LIST]);
    expect(await at.staged(run)).toMatchObject({
      K1: { outcome: null, state: 'refused', refusal: expect.any(String) },
    });
  });

  it('is rejected with the message of Zendesk if the address is refused for another reason', async () => {
    const { run } = await withNewAddress();
    const body = { error: 'RecordInvalid', description: 'This domain is blocked' };
    await at.addFault(ADDING, { kind: 'status', status: 422, body });
    await complete(run);
    const outcome = await outcomeOf(run);
    expect(outcome).toMatchObject({ state: 'rejected', code: 'zendesk_refused' });
    expect(outcome?.message).toContain('This domain is blocked');
  });

  it('is not completed if the response is lost, and needs no other request if it has the address the next time', async () => {
    const { run, user } = await withNewAddress();
    await at.addFault(ADDING, { kind: 'cut', when: 'after' });
    await expect(complete(run)).rejects.toMatchObject({ kind: 'unsure' });
    expect(await at.staged(run)).toMatchObject({ K1: { outcome: null, state: 'incomplete' } });
    expect((await at.observe(() => complete(run))).operations).toEqual([LIST]);
    expect(await addressesOf(at, user)).toHaveLength(2);
    expect(await at.staged(run)).toMatchObject({ K1: { outcome: 'updated' } });
  });

  it('also gets its organizations if the address is taken', async () => {
    const { run, user } = await runWithUser(at);
    await at.plan(run, run.contact('K1', { email: addressIn(run), party: 'P-A2' }));
    await at.sandbox.control('POST', '/state/zendesk/users', { name: 'Another user', email: addressIn(run) });
    await complete(run);
    expect(await outcomeOf(run)).toMatchObject({ state: 'rejected', code: 'email_taken', zendeskId: user });
    const next = await at.next(run);
    await at.plan(next, next.contact('K1', { party: 'P-A2' }));
    expect(await at.staged(next)).toMatchObject({ K1: { outcome: 'unchanged' } });
  });
});

describe('an agent without the address of its contact', () => {
  it('gets its organizations, but not the address', async () => {
    const { run, user } = await runWithUser(at);
    await at.query('update users set is_staff = true where connection_id = $1', run.connectionId);
    await at.plan(run, run.contact('K1', { email: addressIn(run), party: 'P-A2' }));
    const { operations } = await at.observe(() => complete(run));
    expect(operations).not.toContain(LIST);
    expect(await addressesOf(at, user)).toEqual([`k1@${run.legalEntity}.example`]);
    expect(await outcomeOf(run)).toMatchObject({ state: 'updated', code: 'user_is_staff' });
  });
});
