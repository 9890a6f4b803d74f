import { beforeEach, describe, expect, it } from '@jest/globals';
import { createEdits } from '../fixtures/edits.ts';
import { setUpKillableWorker } from '../fixtures/killable-worker.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

const UPDATE = { system: 'zendesk', path: 'organizations/update_many' } as const;

describe('names that accounts exchange in F&O', () => {
  const world = setUpWorld();
  const edits = createEdits(world);
  let entities = 0;

  it('are the names of their organizations after one run, in a pair, a ring of three and a chain', async () => {
    const names = { P1: 'Alpha', P2: 'Beta', R1: 'Red', R2: 'Green', R3: 'Blue', C1: 'One', C2: 'Two', C3: 'Three' };
    const id = await connect(names);
    await rename(id, { P1: 'Beta', P2: 'Alpha' });
    await rename(id, { R1: 'Green', R2: 'Blue', R3: 'Red' });
    await rename(id, { C1: 'Two', C2: 'Three', C3: 'Four' });
    await world.sandbox.control('DELETE', '/journal');
    const run = await world.sync(id);
    expect(run).toMatchObject({ status: 'completed', totals: { read: 8, updated: 8 } });
    expect(await namesOf(id)).toEqual({
      ...{ P1: 'Beta', P2: 'Alpha', R1: 'Green', R2: 'Blue', R3: 'Red', C1: 'Two', C2: 'Three', C3: 'Four' },
    });
    const jobs = (await edits.journal('zendesk')).filter(({ effect }) => effect);
    expect(jobs.map(({ path }) => path.split('/').at(-1))).toEqual(['update_many', 'update_many']);
    await expectNoWrites(id, 8);
  });

  it('are free again when the account that had them was renamed', async () => {
    const id = await connect({ A1: 'Same', A2: 'Same', A3: 'Same' });
    expect(await namesOf(id)).toEqual({ A1: 'Same', A2: 'Same (A2)', A3: 'Same (A3)' });
    await rename(id, { A1: 'Other' });
    await world.sync(id);
    expect(await namesOf(id)).toEqual({ A1: 'Other', A2: 'Same', A3: 'Same (A3)' });
    await expectNoWrites(id, 3);
  });

  it('are free again when neither F&O nor Zendesk has the account any more, and not before', async () => {
    const id = await connect({ A1: 'Same', A2: 'Same', ...others(30) });
    await edits.removeCustomer(id, 'A1');
    for (let times = 0; times < 3; times += 1) await world.sync(id);
    expect((await edits.organization(`${id}:A2`)).name).toBe(`${id} Same (A2)`);
    await edits.deleteOrganization((await edits.organization(`${id}:A1`)).id);
    await world.sync(id);
    expect((await edits.organization(`${id}:A2`)).name).toBe(`${id} Same`);
    await expectNoWrites(id, 31);
  });

  it('are free again when a person renames or deletes the organization that has them', async () => {
    const id = await connect({ A1: 'First', A2: 'Second' });
    const typed = [await typedOrganization(`${id} Third`), await typedOrganization(`${id} Fourth`)];
    await rename(id, { A1: 'Third', A2: 'Fourth' });
    await world.sync(id);
    expect(await namesOf(id)).toEqual({ A1: 'Third (A1)', A2: 'Fourth (A2)' });
    await expectNoWrites(id, 2);
    await edits.editOrganization(typed[0] ?? 0, { name: 'Somewhere Else' });
    await edits.deleteOrganization(typed[1] ?? 0);
    await world.sync(id);
    expect(await namesOf(id)).toEqual({ A1: 'Third', A2: 'Fourth' });
    await expectNoWrites(id, 2);
  });

  it('stay with a suffix without further writes while Zendesk refuses the plain name for no visible reason', async () => {
    const id = await connect({ A1: 'Same', A2: 'Same' });
    await rename(id, { A1: 'Other' });
    const details = 'Name: has already been taken';
    const fault = { system: 'zendesk', match: { path: UPDATE.path }, times: null, skip: 1 };
    await world.sandbox.control('POST', '/faults', { ...fault, action: { kind: 'fail-rows', rows: [0], details } });
    await world.sync(id);
    await world.sandbox.control('DELETE', '/faults');
    expect(await namesOf(id)).toEqual({ A1: 'Other', A2: 'Same (A2)' });
    await expectNoWrites(id, 2);
    await world.sync(id, { full: true });
    expect(await namesOf(id)).toEqual({ A1: 'Other', A2: 'Same' });
    await expectNoWrites(id, 2);
  });

  it('are not taken from another connection, and are settled between legal entities in the next run', async () => {
    entities += 2;
    const [a, b] = [`g${entities - 1}`, `g${entities}`];
    await edits.connect(a, { [a]: { A1: `${a} North` }, [b]: { B1: `${a} South` } });
    await world.sync(a);
    await edits.customer(a, 'A1', { OrganizationName: `${a} South` });
    await edits.customer(b, 'B1', { OrganizationName: `${a} North` });
    await world.sync(a);
    await world.sync(a);
    expect([(await edits.organization(`${a}:A1`)).name, (await edits.organization(`${b}:B1`)).name]).toEqual([
      ...[`${a} South`, `${a} North`],
    ]);
    await expectNoWrites(a, 2);
  });

  const others = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`O${n}`, `Other ${n}`]));
  const typedOrganization = async (name: string) => (await edits.addOrganization({ name })).id;

  /** Connects a legal entity with customers of these names, each after the name of the legal entity, and syncs it. */
  async function connect(names: Readonly<Record<string, string>>): Promise<string> {
    entities += 1;
    const id = `g${entities}`;
    const full = Object.fromEntries(Object.entries(names).map(([number, name]) => [number, `${id} ${name}`]));
    await edits.connect(id, { [id]: full });
    expect(await world.sync(id)).toMatchObject({ status: 'completed' });
    return id;
  }

  async function rename(id: string, names: Readonly<Record<string, string>>): Promise<void> {
    for (const [number, name] of Object.entries(names))
      await edits.customer(id, number, { OrganizationName: `${id} ${name}` });
  }

  async function namesOf(id: string): Promise<Record<string, string>> {
    const names = Object.entries(await edits.names(id));
    return Object.fromEntries(names.map(([number, name]) => [number, name.replace(`${id} `, '')]));
  }

  async function expectNoWrites(id: string, accounts: number): Promise<void> {
    await world.sandbox.control('DELETE', '/journal');
    expect(await world.sync(id)).toMatchObject({
      status: 'completed',
      totals: { read: accounts, unchanged: accounts },
    });
    expect((await edits.journal('zendesk')).filter(({ effect }) => effect)).toEqual([]);
  }
});

describe('a ring of names whose run is killed', () => {
  const world = setUpWorld({ worker: false });
  const edits = createEdits(world);
  const worker = setUpKillableWorker(world);
  beforeEach(() => world.sandbox.control('DELETE', '/faults'));

  it('leaves no temporary name', async () => {
    await edits.connect('kr', { kr: { A1: 'kr Red', A2: 'kr Green', A3: 'kr Blue' } });
    await worker.syncThrough('kr', []);
    for (const [key, name] of [
      ['A1', 'kr Green'],
      ['A2', 'kr Blue'],
      ['A3', 'kr Red'],
    ] as const)
      await edits.customer('kr', key, { OrganizationName: name });
    await worker.syncThrough('kr', [
      { name: 'the temporary names have taken effect without a response', request: { ...UPDATE, when: 'after' } },
      { name: 'the plain names are about to be reserved', request: { ...SHOWN, when: 'after' }, table: 'records' },
      { name: 'the plain names have taken effect without a response', request: { ...UPDATE, when: 'after' } },
    ]);
    expect(await edits.names('kr')).toEqual({ A1: 'kr Green', A2: 'kr Blue', A3: 'kr Red' });
  });
});

const SHOWN = { system: 'zendesk', path: 'organizations/show_many' } as const;
