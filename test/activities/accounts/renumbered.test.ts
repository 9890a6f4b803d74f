import { describe, expect, it } from '@jest/globals';
import { rankRecords } from '../../../activities/sync/prepare-target.ts';
import { readRecordsPage } from '../../../activities/sync/reading/read-records.ts';
import { beginMoving, type Moving } from '../../fixtures/moving-identities.ts';
import { useStepTests } from '../../fixtures/step-context.ts';

const at = useStepTests();

/** Begins with synchronized customers, a contact of the first one, and an open ticket of it with its annotation. */
async function begin(numbers: readonly [string, ...string[]]): Promise<{ moving: Moving; ticket: number }> {
  const moving = await beginMoving(at);
  for (const number of numbers) await moving.account(number);
  await moving.contact('K1', numbers[0]);
  await moving.run();
  const { id } = await moving.ticket('K1', numbers[0]);
  await moving.reconcile();
  return { moving, ticket: id };
}

const organizationOf = async (moving: Moving, ticket: number) =>
  (await moving.tickets()).find(({ id }) => id === ticket)?.organization_id;

describe('a customer that was renumbered in F&O', () => {
  it('keeps its organization, its ticket, its annotation and its contact, and gets the new external id', async () => {
    const { moving, ticket } = await begin(['CUST-1', 'CUST-2']);
    const before = await moving.organization('CUST-1');
    const memo = await moving.memo('CUST-1');
    expect(memo).toContain('Open: 1');
    await moving.renumber('CUST-1', 'CUST-77001');
    const run = await moving.run();
    expect(run.totals).toMatchObject({ read: 3, created: 0, updated: 1, unchanged: 2, gone: 0 });
    const after = await moving.organization('CUST-77001');
    expect(after).toMatchObject({ id: before?.id, name: before?.name });
    expect(after?.organization_fields).toMatchObject({ erp_account_number: 'CUST-77001' });
    expect(await moving.organizations()).toHaveLength(2);
    expect(await organizationOf(moving, ticket)).toBe(before?.id);
    expect(await moving.organizationsOf('K1')).toEqual(['CUST-77001']);
    expect(await moving.record('CUST-77001')).toMatchObject({ state: 'updated', code: 'renumbered' });
    expect((await moving.record('CUST-77001'))?.message).toContain('CUST-1 ');
    expect(await moving.record('CUST-1')).toBeUndefined();
    const { items } = await at.store.support.list(moving.connectionId, undefined);
    expect(items.map(({ key, open }) => [key, open])).toEqual([['CUST-77001', 1]]);
    expect(await moving.writesOf(() => moving.reconcile())).toEqual([]);
    expect(await moving.memo('CUST-77001')).toBe(memo);
    expect(await moving.writesOf(() => moving.run())).toEqual([]);
    expect(await moving.record('CUST-77001')).toMatchObject({ state: 'unchanged', code: 'renumbered' });
  });

  it('is annotated again if F&O did not keep the text', async () => {
    const { moving } = await begin(['A1']);
    await moving.renumber('A1', 'A2');
    await moving.account('A2', { SalesMemo: '', PartyNumber: `P-${moving.connectionId}-A1` });
    await moving.run();
    await moving.reconcile();
    expect(await moving.memo('A2')).toContain('Open: 1');
  });

  it('gives back a name with its former number', async () => {
    const moving = await beginMoving(at);
    await moving.account('A1', { OrganizationName: 'Twin' });
    await moving.account('A2', { OrganizationName: 'Twin' });
    await moving.run();
    await moving.renumber('A2', 'A9');
    await moving.run();
    const names = (await at.listZendesk<{ name: string }>('organizations')).map(({ name }) => name);
    expect(names.filter((name) => name.startsWith('Twin')).sort()).toEqual(['Twin', 'Twin (A9)']);
  });

  it('keeps its organization if only the case of the number differs', async () => {
    const { moving, ticket } = await begin(['a1']);
    const before = await moving.organization('a1');
    await moving.renumber('a1', 'A1');
    expect((await moving.run()).totals).toMatchObject({ created: 0, updated: 1, rejected: 0 });
    expect((await moving.organization('A1'))?.id).toBe(before?.id);
    expect(await organizationOf(moving, ticket)).toBe(before?.id);
  });

  it('keeps its organization if its former number was passed on in the same interval', async () => {
    const { moving, ticket } = await begin(['A1', 'A2']);
    const [first, second] = [await moving.organization('A1'), await moving.organization('A2')];
    await moving.renumber('A2', 'A3');
    await moving.renumber('A1', 'A2');
    expect((await moving.run()).totals).toMatchObject({ created: 0, updated: 2, rejected: 0, gone: 0 });
    expect((await moving.organization('A2'))?.id).toBe(first?.id);
    expect((await moving.organization('A3'))?.id).toBe(second?.id);
    expect(await organizationOf(moving, ticket)).toBe(first?.id);
    expect(await moving.writesOf(() => moving.run())).toEqual([]);
  });

  it('gets its first number back', async () => {
    const { moving, ticket } = await begin(['A1']);
    const before = await moving.organization('A1');
    await moving.renumber('A1', 'A2');
    await moving.run();
    await moving.renumber('A2', 'A1');
    await moving.run();
    expect((await moving.organization('A1'))?.id).toBe(before?.id);
    expect(await moving.organizations()).toHaveLength(1);
    expect(await organizationOf(moving, ticket)).toBe(before?.id);
  });

  it('is not confused with a customer that became a vendor, or with a further account of its party', async () => {
    const { moving } = await begin(['A1', 'A2']);
    const party = `P-${moving.connectionId}-A1`;
    await moving.removeAccount('A1');
    await moving.account('V1', { VendorPartyNumber: party }, 'vendors');
    await moving.account('A3', { PartyNumber: `P-${moving.connectionId}-A2` });
    const run = await moving.run();
    expect(run.totals).toMatchObject({ created: 2, gone: 1, rejected: 0 });
    expect(await moving.record('A1')).toMatchObject({ state: 'gone', code: 'gone_from_erp' });
  });

  it('is not concluded from a reading that merely missed a row', async () => {
    const { moving, ticket } = await begin(['A1', 'A2']);
    const { connectionId } = moving;
    const before = await moving.organization('A1');
    await moving.account('A3', { PartyNumber: `P-${connectionId}-A1` });
    await at.sandbox.control('PATCH', '/settings/dynamics', { missingRows: [`${connectionId}/A1`] });
    await moving.run();
    await at.sandbox.control('PATCH', '/settings/dynamics', { missingRows: [] });
    await moving.run();
    expect((await moving.organization('A1'))?.id).toBe(before?.id);
    expect((await moving.organizations()).map(({ external_id: id }) => id).sort()).toEqual([
      `${connectionId}:A1`,
      `${connectionId}:A2`,
      `${connectionId}:A3`,
    ]);
    expect(await organizationOf(moving, ticket)).toBe(before?.id);
  });
});

describe('a new number of which the former one is not clear', () => {
  /** Begins with two customers of one party, of which one is renumbered. */
  async function unclear() {
    const { moving, ticket } = await begin(['A1', 'A2']);
    const party = `P-${moving.connectionId}-A1`;
    await moving.account('A2', { PartyNumber: party });
    await moving.run();
    const former = await moving.organization('A1');
    await moving.renumber('A1', 'A9');
    const run = await moving.run();
    return { moving, ticket, former, run };
  }

  it('gets no organization, and both numbers are listed with what to do', async () => {
    const { moving, ticket, former, run } = await unclear();
    expect(run.totals).toMatchObject({ created: 0, rejected: 1, gone: 1 });
    expect(await moving.organizations()).toHaveLength(2);
    expect(await organizationOf(moving, ticket)).toBe(former?.id);
    const listed = await at.store.records.list(moving.connectionId, { code: 'renumbering_unclear' });
    expect(listed.items.map(({ key, state }) => [key, state]).sort()).toEqual([
      ['A1', 'gone'],
      ['A9', 'rejected'],
    ]);
    const record = await moving.record('A9');
    expect(record?.message).toContain('A1');
    expect(record?.action).toContain(`${moving.connectionId}:A9`);
    expect(await moving.writesOf(() => moving.run())).toEqual([]);
  });

  it('gets the organization to which a person gives its external id', async () => {
    const { moving, former } = await unclear();
    await at.sandbox.control('PATCH', `/state/zendesk/organizations/${former?.id}`, {
      external_id: `${moving.connectionId}:A9`,
    });
    expect((await moving.run()).totals).toMatchObject({ created: 0, rejected: 0, gone: 0 });
    expect(await moving.record('A9')).toMatchObject({ zendeskId: String(former?.id), code: 'renumbered' });
    expect(await moving.writesOf(() => moving.run())).toEqual([]);
  });

  it('gets the organization that a person creates for it', async () => {
    const { moving } = await unclear();
    const input = { name: 'A further one', external_id: `${moving.connectionId}:A9` };
    const { id } = await at.sandbox.control<{ id: number }>('POST', '/state/zendesk/organizations', input);
    expect((await moving.run()).totals).toMatchObject({ created: 0, rejected: 0, gone: 1 });
    expect(await moving.record('A9')).toMatchObject({ zendeskId: String(id) });
    expect(await moving.record('A1')).toMatchObject({ state: 'gone', code: 'gone_from_erp' });
  });

  it('is a further account as soon as F&O has the former number again', async () => {
    const { moving } = await unclear();
    await moving.account('A1');
    expect((await moving.run()).totals).toMatchObject({ created: 1, rejected: 0, gone: 0 });
  });
});

describe('an event of a new number', () => {
  it('follows the account at once if F&O does not have the former number any more', async () => {
    const { moving, ticket } = await begin(['A1']);
    const before = await moving.organization('A1');
    await moving.renumber('A1', 'A2');
    expect((await moving.resync('A2')).totals).toMatchObject({ read: 1, updated: 1 });
    expect((await moving.organization('A2'))?.id).toBe(before?.id);
    expect(await organizationOf(moving, ticket)).toBe(before?.id);
    expect((await moving.resync('A1')).totals).toMatchObject({ read: 0 });
    expect(await moving.writesOf(() => moving.run())).toEqual([]);
    expect(await moving.organizations()).toHaveLength(1);
  });

  it('creates an organization if F&O still has the other number of the party', async () => {
    const { moving } = await begin(['A1']);
    await moving.account('A2', { PartyNumber: `P-${moving.connectionId}-A1` });
    expect((await moving.resync('A2')).totals).toMatchObject({ created: 1 });
    expect(await moving.organizations()).toHaveLength(2);
  });

  it('creates none if a further number of the party is new, too', async () => {
    const { moving } = await begin(['A1']);
    await moving.renumber('A1', 'A2');
    await moving.account('A3', { PartyNumber: `P-${moving.connectionId}-A1` });
    expect((await moving.resync('A2')).totals).toMatchObject({ created: 0, rejected: 1 });
    expect(await moving.record('A2')).toMatchObject({ code: 'renumbering_unclear' });
    expect((await moving.run()).totals).toMatchObject({ created: 0, rejected: 2 });
    expect(await moving.organizations()).toHaveLength(1);
  });

  it('waits while another run writes the account', async () => {
    const { moving } = await begin(['A1']);
    const { connectionId } = moving;
    await at.store.runs.begin({
      ...{ connectionId, runId: `other ${connectionId}`, workflowId: `master-sync/${connectionId}` },
      ...{ kind: 'master', full: false, acceptShrink: false },
    });
    await at.query(
      `update records set claim_run = $2, claim_workflow = 'w' where connection_id = $1 and key = 'A1'`,
      connectionId,
      `other ${connectionId}`,
    );
    await moving.renumber('A1', 'A2');
    expect((await moving.resync('A2')).totals).toMatchObject({ created: 0, rejected: 1 });
    await at.store.planning.releaseClaims(connectionId, `other ${connectionId}`);
    await at.store.reports.finish(`other ${connectionId}`, { status: 'completed', waitedMs: 0, error: null });
    expect((await moving.run()).totals).toMatchObject({ created: 0, updated: 1, rejected: 0 });
    expect(await moving.organizations()).toHaveLength(1);
  });

  it.each([
    ['is not staged any more in a run that has only read it', false],
    ['is unchanged in a run that has ranked it', true],
  ])('follows the account, whose former number %s', async (_what, isRanked) => {
    const { moving } = await begin(['A1']);
    const { connectionId } = moving;
    const slice = { connectionId, runId: `other ${connectionId}`, workflowId: `master-sync/${connectionId}` };
    await at.store.runs.begin({ ...slice, kind: 'master', full: false, acceptShrink: false });
    const context = at.contextOf(slice);
    while (!(await readRecordsPage(context, { ...slice, legalEntity: connectionId, kind: 'customer' })).done);
    if (isRanked) await rankRecords(context, { ...slice, target: 'organization' });
    await moving.renumber('A1', 'A2');
    await moving.resync('A2');
    await rankRecords(context, { ...slice, target: 'organization' });
    expect(await at.staged(slice)).toMatchObject(isRanked ? { A1: { outcome: 'unchanged' } } : {});
    expect(Object.keys(await at.staged(slice))).toEqual(isRanked ? ['A1'] : []);
    await at.store.reports.finish(slice.runId, { status: 'completed', waitedMs: 0, error: null });
    expect(await moving.organizations()).toHaveLength(1);
  });
});
