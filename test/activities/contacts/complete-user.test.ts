import { describe, expect, it } from '@jest/globals';
import { completeRecords } from '../../../activities/sync/complete-records.ts';
import { useStepTests } from '../../fixtures/step-context.ts';
import type { TestRun } from '../../fixtures/test-run.ts';
import { addOrganization, membershipsOf, storedUser, runWithUser } from './users.ts';

const LIST = 'organization_memberships.of_user';
const JOIN = 'organization_memberships.create';
const TICKETS = 'users.tickets.requested';
const LEAVE = 'organization_memberships.unassign';
const JOINING = { method: 'POST', path: 'organization_memberships' };

const at = useStepTests();

const complete = (run: TestRun) => completeRecords(run.context, run.slice('contact'));
const outcomeOf = async ({ connectionId }: TestRun) =>
  (await at.store.records.list(connectionId, { kind: 'contact' })).items[0];
const join = (user: string, organization: string) =>
  at.sandbox.control('POST', '/state/zendesk/memberships', {
    ...{ user_id: Number(user), organization_id: Number(organization) },
  });

/** Begins a run in which the user of K1 lacks a second organization. */
async function joining() {
  const prepared = await runWithUser(at);
  await addOrganization(at, prepared.run);
  await at.plan(prepared.run, prepared.run.contact('K1'));
  return prepared;
}

/** Begins a run in which the contact K1 has left the account A1 for A2. */
async function moving() {
  const prepared = await runWithUser(at);
  await at.plan(prepared.run, prepared.run.contact('K1', { party: 'P-A2' }));
  return prepared;
}

describe('a user without an organization of its contact', () => {
  it('joins it, and Ledgerdesk owns the membership', async () => {
    const { run, user, organizations } = await joining();
    const { result, operations } = await at.observe(() => complete(run));
    expect([result, operations]).toEqual([{ left: 0 }, [LIST, JOIN]]);
    expect([...(await membershipsOf(at, user))].sort()).toEqual([...organizations].sort());
    expect([...(await storedUser(at, run)).own].sort()).toEqual([...organizations].sort());
    expect(await at.staged(run)).toMatchObject({ K1: { outcome: 'updated' } });
  });

  it('keeps a membership that was added elsewhere, and Ledgerdesk does not own it', async () => {
    const { run, user, organizations } = await joining();
    await join(user, organizations[1]);
    expect((await at.observe(() => complete(run))).operations).toEqual([LIST]);
    const remembered = await storedUser(at, run);
    expect(remembered.own).toEqual([organizations[0]]);
    expect([...remembered.organizations].sort()).toEqual([...organizations].sort());
  });

  it('keeps a membership that an interrupted attempt has added, and Ledgerdesk owns it', async () => {
    const { run, user, organizations } = await joining();
    await join(user, organizations[1]);
    await at.store.users.intend(run.connectionId, user, [organizations[1]]);
    expect((await at.observe(() => complete(run))).operations).toEqual([LIST]);
    expect([...(await storedUser(at, run)).own].sort()).toEqual([...organizations].sort());
  });

  it('stores the ownership before the membership is requested', async () => {
    const { run, organizations } = await joining();
    await at.addFault(JOINING, { kind: 'cut', when: 'after' });
    await expect(complete(run)).rejects.toMatchObject({ kind: 'unsure' });
    expect([...(await storedUser(at, run)).own].sort()).toEqual([...organizations].sort());
    expect(await at.staged(run)).toMatchObject({ K1: { outcome: null, state: 'incomplete' } });
    await complete(run);
    expect([...(await storedUser(at, run)).own].sort()).toEqual([...organizations].sort());
  });

  it('keeps a membership that is added elsewhere at the same time, and Ledgerdesk does not own it', async () => {
    const { run, user, organizations } = await joining();
    await join(user, organizations[1]);
    const none = { organization_memberships: [], meta: { has_more: false } };
    await at.addFault({ path: 'organization_memberships$' }, { kind: 'status', status: 200, body: none });
    expect((await at.observe(() => complete(run))).operations).toEqual([LIST, JOIN]);
    expect((await storedUser(at, run)).own).toEqual([organizations[0]]);
    expect(await at.staged(run)).toMatchObject({ K1: { outcome: 'updated' } });
  });

  it('gets a remark if Zendesk allows only one organization, and the membership is not requested again', async () => {
    await at.sandbox.control('PATCH', '/settings/zendesk', { multipleOrganizations: false });
    const { run, organizations } = await joining();
    await complete(run);
    expect(await outcomeOf(run)).toMatchObject({ state: 'updated', code: 'single_organization' });
    expect(await storedUser(at, run)).toMatchObject({ refused: [organizations[1]], own: [organizations[0]] });
    const next = await at.next(run);
    await at.plan(next, next.contact('K1'));
    expect(await at.staged(next)).toMatchObject({ K1: { outcome: 'unchanged' } });
    expect(await outcomeOf(next)).toMatchObject({ code: 'single_organization' });
  });

  it('is left to the resolution of refusals if it was deleted', async () => {
    const { run, user } = await joining();
    await at.sandbox.control('DELETE', `/state/zendesk/users/${user}`);
    await complete(run);
    expect(await at.staged(run)).toMatchObject({ K1: { outcome: null, state: 'refused' } });
  });

  it('is left to the resolution of refusals if the organization was deleted', async () => {
    const { run, organizations } = await joining();
    await at.sandbox.control('DELETE', `/state/zendesk/organizations/${organizations[1]}`);
    await complete(run);
    expect(await at.staged(run)).toMatchObject({ K1: { outcome: null, state: 'refused' } });
  });

  it('is rejected but remains linked if Zendesk refuses the membership for another reason', async () => {
    const { run, user } = await joining();
    const body = { error: 'RecordInvalid', description: 'Not today' };
    await at.addFault(JOINING, { kind: 'status', status: 422, body });
    await complete(run);
    const outcome = await outcomeOf(run);
    expect(outcome).toMatchObject({ state: 'rejected', code: 'zendesk_refused', zendeskId: user });
    expect(outcome?.message).toContain('Not today');
    const next = await at.next(run);
    await at.plan(next, next.contact('K1'));
    expect(await at.staged(next)).toMatchObject({ K1: { outcome: 'rejected', operation: null } });
  });

  it('is not changed if Zendesk responds with a rate limit', async () => {
    const { run } = await joining();
    await at.addFault({ path: 'organization_memberships$' }, { kind: 'status', status: 429 });
    await expect(complete(run)).rejects.toMatchObject({ kind: 'limited' });
    expect(await at.staged(run)).toMatchObject({ K1: { outcome: null, state: 'incomplete' } });
  });
});

describe('a user whose contact has moved to another account', () => {
  it('joins the new organization before it leaves the old one', async () => {
    const { run, user, organizations } = await moving();
    expect((await at.observe(() => complete(run))).operations).toEqual([LIST, JOIN, TICKETS, LEAVE]);
    expect(await membershipsOf(at, user)).toEqual([organizations[1]]);
    expect(await storedUser(at, run)).toMatchObject({
      ...{ organizations: [organizations[1]], own: [organizations[1]], refused: [] },
    });
  });

  it('leaves the old organization first if Zendesk allows only one', async () => {
    await at.sandbox.control('PATCH', '/settings/zendesk', { multipleOrganizations: false });
    const { run, user, organizations } = await moving();
    expect((await at.observe(() => complete(run))).operations).toEqual([LIST, JOIN, TICKETS, LEAVE, LIST, JOIN]);
    expect(await membershipsOf(at, user)).toEqual([organizations[1]]);
    expect(await storedUser(at, run)).toMatchObject({ own: [organizations[1]], refused: [] });
    expect(await outcomeOf(run)).toMatchObject({ state: 'updated', code: null });
  });

  it('keeps a membership that Ledgerdesk does not own', async () => {
    const { run, user, organizations } = await runWithUser(at);
    await at.store.users.disown(run.connectionId, user, organizations);
    await at.plan(run, run.contact('K1', { party: 'P-A2' }));
    expect((await at.observe(() => complete(run))).operations).toEqual([LIST, JOIN]);
    expect([...(await membershipsOf(at, user))].sort()).toEqual([...organizations].sort());
  });
});
