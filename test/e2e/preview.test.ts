import { beforeAll, describe, expect, it } from '@jest/globals';
import type { RunReport } from '../../store/sync/run-reports.ts';
import type { Plan } from '../../store/review/plans.ts';
import { preview, writesOf } from '../fixtures/previews.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

describe('a preview of a fresh connection', () => {
  const world = setUpWorld({ seed: 'distributor' });
  let first: Plan;
  let second: Plan;
  let writes: readonly string[];
  let run: RunReport;
  let after: Plan;

  beforeAll(async () => {
    await world.connect('contoso', (settings) => ({ ...settings, sync: { ...settings.sync, contacts: true } }));
    await world.sandbox.control('DELETE', '/journal');
    first = await preview(world, { connectionId: 'contoso' });
    second = await preview(world, { connectionId: 'contoso' });
    writes = await writesOf(world);
    run = await world.sync('contoso');
    after = await preview(world, { connectionId: 'contoso' });
  });

  it('writes nothing on either side, fields included', async () => {
    expect(writes).toEqual([]);
    const { items } = await world.store.records.list('contoso', {});
    expect(items.length).toBe(run.totals.read);
  });

  it('gives the same hash for the same world', () => {
    expect(second.hash).toBe(first.hash);
    expect(second.totals).toEqual(first.totals);
    expect(after.hash).not.toBe(first.hash);
  });

  it('counts what the run then does', () => {
    const { read, create, update, adopt, unchanged, skipped, rejected } = first.totals;
    expect(run.status).toBe('completed');
    expect(run.totals).toMatchObject({
      read,
      created: create,
      adopted: adopt,
      updated: update,
      unchanged,
      skipped,
      rejected,
    });
    expect(after.totals).toMatchObject({ create: 0, update: 0, adopt: 0 });
  });

  it('lists each change by field, and the fields to create', async () => {
    const { items, total } = await world.store.plans.changes(first.planId, {});
    expect(total).toBe(first.totals.create + first.totals.update + first.totals.adopt);
    expect(items).toHaveLength(total);
    expect(first.prepare.map(({ key }) => key)).toContain('erp_account_number');
    expect(after.prepare).toEqual([]);
    const contacts = items.filter(({ kind, operation }) => kind === 'contact' && operation === 'create');
    const fields = new Set(contacts.flatMap(({ changes }) => changes.map(({ field }) => field)));
    expect([...fields]).toEqual(expect.arrayContaining(['name', 'email', 'external_id', 'organizations']));
  });

  it('stores no names and addresses of contacts', async () => {
    const { items } = await world.store.plans.changes(first.planId, { kind: 'contact' });
    const text = JSON.stringify(items);
    expect(items.length).toBeGreaterThan(10);
    expect(text).not.toMatch(/[a-z]@[a-z]/i);
  });

  it('leaves nothing reserved', async () => {
    expect((await world.store.runs.listRunning('contoso')).length).toBe(0);
    expect((await world.store.reports.list('contoso', undefined)).total).toBe(1);
  });
});
