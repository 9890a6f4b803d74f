import { beforeEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_KINDS } from '../../domain/entities.ts';
import type { RecordReport } from '../../store/sync/records.ts';
import type { Totals } from '../../domain/sync/outcome.ts';
import { TASK_QUEUE, WORKFLOW_TYPES, type SyncAccountInput } from '../../workflows/contract.ts';
import { createEdits, readingOnly } from '../fixtures/edits.ts';
import type { SandboxOrganization } from '../fixtures/sandbox.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

describe('an organization that is typed less than a minute before a sync', () => {
  const world = setUpWorld();
  const edits = createEdits(world);
  // The export leaves out what is newer than an hour, as Zendesk's leaves out the newest minute.
  beforeEach(() => exportLag(3_600));

  const exportLag = (seconds: number): Promise<unknown> =>
    world.sandbox.control('PATCH', '/settings/zendesk', { exportExcludesNewestSeconds: seconds });
  const named = async (name: string): Promise<SandboxOrganization[]> =>
    (await world.organizations()).filter((organization) => organization.name.startsWith(name));
  const records = async (connectionId: string): Promise<Map<string, RecordReport>> =>
    new Map((await world.store.records.list(connectionId, {})).items.map((record) => [record.key, record]));

  /** Retries rejected records as `ledgerdesk retry ID` does. */
  async function retry(connectionId: string): Promise<void> {
    for (const key of await world.store.records.allowRetry(connectionId, { keys: [], kinds: DEFAULT_KINDS })) {
      const input: SyncAccountInput = { connectionId, ...key, accountNumber: key.key };
      const workflowId = `account-sync/${connectionId}/${key.legalEntity}/${key.kind}/${key.key}`;
      const start = { taskQueue: TASK_QUEUE, workflowId, args: [input] };
      const totals = (await world.client.workflow.execute(WORKFLOW_TYPES.syncAccount, start)) as Totals;
      expect(totals.read).toBe(1);
    }
  }

  it('is adopted by none of the accounts that share its name, and the way out works at once', async () => {
    const name = 'Quiet Harbour Ltd';
    const typed = await edits.addOrganization({ name });
    await edits.connect('quiet', { na: { 'N-4': name }, nb: { 'N-5': name } });
    const run = await world.sync('quiet');
    expect(run).toMatchObject({ status: 'completed', totals: { read: 2, adopted: 0, created: 0, rejected: 2 } });
    for (const { code } of (await records('quiet')).values()) expect(code).toBe('name_ambiguous');
    expect(await named(name)).toMatchObject([{ id: typed.id, external_id: null }]);

    await edits.editOrganization(typed.id, { external_id: 'nb:N-5' });
    await retry('quiet');
    const after = await records('quiet');
    expect(after.get('N-5')).toMatchObject({ code: null, zendeskId: String(typed.id) });
    expect(after.get('N-4')).toMatchObject({ state: 'created', code: null });
    expect(await named(name)).toHaveLength(2);
    expect(await edits.organization('na:N-4')).toMatchObject({ name: `${name} (N-4)` });
    expect(await world.sync('quiet')).toMatchObject({ totals: { read: 2, unchanged: 2 }, requests: { zendesk: 1 } });
  });

  it('stays ambiguous for three accounts of two kinds, also in later runs and single retries', async () => {
    const name = 'Silver Lake Foods';
    const typed = await edits.addOrganization({ name: name.toUpperCase() });
    for (const key of ['C-1', 'C-2']) await edits.customer('nc', key, { OrganizationName: name });
    await edits.vendor('nc', 'V-3', { VendorOrganizationName: name });
    await edits.customer('nd', 'D-4', { OrganizationName: 'Somebody Else' });
    await world.connect('three', readingOnly(['nc', 'nd'], { vendors: true }));
    expect(await world.sync('three')).toMatchObject({
      status: 'completed',
      totals: { read: 4, created: 1, rejected: 3 },
    });
    await retry('three');
    expect(await world.sync('three')).toMatchObject({ totals: { unchanged: 1, rejected: 3 } });
    await exportLag(0);
    expect(await world.sync('three')).toMatchObject({ totals: { unchanged: 1, rejected: 3 } });
    const all = await records('three');
    for (const key of ['C-1', 'C-2', 'V-3']) expect(all.get(key)?.code).toBe('name_ambiguous');
    expect(await named('SILVER')).toMatchObject([{ id: typed.id, external_id: null }]);
    expect(await named(name)).toEqual([]);
  });

  it('ends the ambiguity at once when it is renamed or deleted', async () => {
    const renamed = await edits.addOrganization({ name: 'Amber Mills' });
    const deleted = await edits.addOrganization({ name: 'Cedar Works' });
    await edits.connect('freed', {
      ne: { 'E-1': 'Amber Mills', 'E-2': 'Amber Mills', 'E-3': 'Cedar Works' },
      nf: { 'F-4': 'Cedar Works' },
    });
    expect(await world.sync('freed')).toMatchObject({ totals: { read: 4, rejected: 4 } });
    await edits.editOrganization(renamed.id, { name: 'Amber Mills (old)' });
    await edits.deleteOrganization(deleted.id);
    await retry('freed');
    for (const record of (await records('freed')).values())
      expect(record).toMatchObject({ state: 'created', code: null });
    expect((await named('Cedar Works')).map(({ name }) => name).sort()).toEqual(['Cedar Works', 'Cedar Works (F-4)']);
  });

  it('is the way out in a whole sync, too, if a person has asked to retry', async () => {
    const typed = await edits.addOrganization({ name: 'Maple Ridge' });
    await edits.connect('whole', { ng: { 'G-1': 'Maple Ridge', 'G-2': 'Maple Ridge' } });
    expect(await world.sync('whole')).toMatchObject({ totals: { rejected: 2 } });
    await edits.editOrganization(typed.id, { external_id: 'ng:G-2' });
    expect(await world.sync('whole')).toMatchObject({ totals: { rejected: 2 }, requests: { zendesk: 1 } });
    await world.store.records.allowRetry('whole', { keys: [], kinds: DEFAULT_KINDS });
    expect(await world.sync('whole')).toMatchObject({ status: 'completed', totals: { created: 1, rejected: 0 } });
    expect((await records('whole')).get('G-2')).toMatchObject({ zendeskId: String(typed.id), code: null });
  });

  it('is adopted if it can belong to one account only', async () => {
    const typed = await edits.addOrganization({ name: 'Lone Pine' });
    await edits.connect('lone', { nh: { 'H-1': 'Lone Pine' }, ni: { 'I-1': 'Another' } });
    expect(await world.sync('lone')).toMatchObject({ totals: { read: 2, created: 1, adopted: 1 } });
    expect((await records('lone')).get('H-1')).toMatchObject({ zendeskId: String(typed.id) });
  });

  it('is not adopted by an account whose namesake got a name with a suffix before', async () => {
    await edits.addOrganization({ name: 'Grey Stone', external_id: 'crm-1' });
    await edits.connect('grey', { nj: { 'J-1': 'Grey Stone' } });
    expect(await world.sync('grey')).toMatchObject({ totals: { created: 1 } });
    expect(await edits.organization('nj:J-1')).toMatchObject({ name: 'Grey Stone (J-1)' });
    const [other] = await named('Grey Stone');
    await edits.editOrganization(other?.id ?? 0, { external_id: null });
    await edits.customer('nj', 'J-2', { OrganizationName: 'Grey Stone' });
    await exportLag(0);
    expect(await world.sync('grey')).toMatchObject({ totals: { unchanged: 1, rejected: 1 } });
    expect((await records('grey')).get('J-2')).toMatchObject({ code: 'name_ambiguous' });
  });

  it('does not hold up accounts that share a name if nobody typed an organization', async () => {
    const name = 'Common Name';
    await edits.connect('common', { nk: { 'K-1': name, 'K-2': name }, nl: { 'L-1': name, 'L-2': 'Own Name' } });
    const run = await world.sync('common');
    expect(run).toMatchObject({ status: 'completed', error: null, totals: { read: 4, created: 4 } });
    expect(await edits.names('nk')).toEqual({ 'K-1': name, 'K-2': `${name} (K-2)` });
    expect(await edits.names('nl')).toEqual({ 'L-1': `${name} (L-1)`, 'L-2': 'Own Name' });
    expect(await world.sync('common')).toMatchObject({ totals: { unchanged: 4 }, requests: { zendesk: 1 } });
  });
});
