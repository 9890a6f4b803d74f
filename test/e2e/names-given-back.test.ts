import { describe, expect, it } from '@jest/globals';
import type { RunReport } from '../../store/sync/run-reports.ts';
import { createEdits, type Edits } from '../fixtures/edits.ts';
import { setUpKillableWorker } from '../fixtures/killable-worker.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

const zendesk = (path: string) => ({ system: 'zendesk', path, when: 'after' }) as const;

/** A pair, a ring of three, a chain, three accounts of one name, and two accounts whose new names people have taken. */
const BEFORE = {
  ...{ P1: 'Alpha', P2: 'Beta', R1: 'Red', R2: 'Green', R3: 'Blue', C1: 'One', C2: 'Two', C3: 'Three' },
  ...{ S1: 'Same', S2: 'Same', S3: 'Same', T1: 'First', T2: 'Second' },
};
const AFTER = {
  ...{ P1: 'Beta', P2: 'Alpha', R1: 'Green', R2: 'Blue', R3: 'Red', C1: 'Two', C2: 'Three', C3: 'Four' },
  ...{ S1: 'Other', S2: 'Same', S3: 'Same', T1: 'Third', T2: 'Fourth' },
};

describe('names that accounts exchange in F&O, and names that become free', () => {
  const world = setUpWorld();
  const edits = createEdits(world);

  it('are the names of their organizations after one run, and then nothing is written', async () => {
    await edits.connect('na', { na: namesIn('na', BEFORE), nb: { X2: 'na South' } });
    await edits.customer('na', 'X1', { OrganizationName: 'na North' });
    await world.sync('na');
    expect(await edits.names('na')).toMatchObject(namesIn('na', { S1: 'Same', S2: 'Same (S2)', S3: 'Same (S3)' }));
    const third = await edits.addOrganization({ name: 'na Third' });
    const fourth = await edits.addOrganization({ name: 'na Fourth' });
    await rename(edits, 'na', AFTER);
    await world.sandbox.control('DELETE', '/journal');
    expect(await world.sync('na')).toMatchObject({ status: 'completed', totals: { read: 15, unchanged: 3 } });
    const names = { ...AFTER, S3: 'Same (S3)', T1: 'Third (T1)', T2: 'Fourth (T2)' };
    expect(await edits.names('na')).toEqual(namesIn('na', { ...names, X1: 'North' }));
    const jobs = (await edits.journal('zendesk')).filter(({ effect }) => effect);
    expect(jobs.map(({ path }) => path.split('/').at(-1))).toEqual(['update_many', 'update_many']);

    await edits.editOrganization(third.id, { name: 'na Elsewhere' });
    await edits.deleteOrganization(fourth.id);
    await edits.customer('na', 'X1', { OrganizationName: 'na South' });
    await edits.customer('nb', 'X2', { OrganizationName: 'na North' });
    await world.sync('na');
    const settled = { ...names, T1: 'Third', T2: 'Fourth' };
    expect(await edits.names('na')).toMatchObject(namesIn('na', settled));
    // The two accounts of different legal entities are written side by side, and may need the next run.
    await world.sync('na');
    expect(await edits.names('na')).toEqual(namesIn('na', { ...settled, X1: 'South' }));
    expect(await edits.names('nb')).toEqual({ X2: 'na North' });
    await expectNoWrites('na', 15);
  });

  it('are told apart from external ids that an import has swapped, which a person puts right', async () => {
    await edits.connect('nx', { nx: namesIn('nx', { A1: 'Contoso', A2: 'Fabrikam', A3: 'Litware' }) });
    await world.sync('nx');
    const [one, two] = [await edits.organization('nx:A1'), await edits.organization('nx:A2')];
    const give = async (...ids: readonly (readonly [number, string])[]): Promise<void> => {
      for (const [id, externalId] of ids) await edits.editOrganization(id, { external_id: externalId });
    };
    await give([one.id, 'nx:none'], [two.id, 'nx:A1'], [one.id, 'nx:A2']);
    expect(await world.sync('nx')).toMatchObject({ totals: { read: 3, rejected: 2, unchanged: 1 } });
    const record = await edits.record('nx', 'A1');
    expect(record).toMatchObject({ code: 'external_id_contested' });
    expect(record?.message).toContain(`on the organization "nx Fabrikam" (${two.id})`);
    expect(record?.message).toContain(`The organization of this account is "nx Contoso" (${one.id})`);
    expect(record?.action).toContain(`give the organization "nx Contoso" (${one.id}) the external id "nx:A1" again`);

    await give([two.id, 'nx:none'], [one.id, 'nx:A1'], [two.id, 'nx:A2']);
    await expectNoWrites('nx', 3);
  });

  async function expectNoWrites(id: string, accounts: number): Promise<void> {
    await world.sandbox.control('DELETE', '/journal');
    const run: RunReport = await world.sync(id);
    expect(run).toMatchObject({ status: 'completed', totals: { read: accounts, unchanged: accounts } });
    expect((await edits.journal('zendesk')).filter(({ effect }) => effect)).toEqual([]);
  }
});

describe('a ring of names whose run is killed', () => {
  const world = setUpWorld({ worker: false });
  const edits = createEdits(world);
  const worker = setUpKillableWorker(world);

  it('leaves no temporary name', async () => {
    await edits.connect('kr', { kr: namesIn('kr', { A1: 'Red', A2: 'Green', A3: 'Blue' }) });
    await world.sync('kr');
    const after = { A1: 'Green', A2: 'Blue', A3: 'Red' };
    await rename(edits, 'kr', after);
    await worker.syncThrough('kr', [
      { name: 'the temporary names are being recorded', request: zendesk('show_many'), table: 'staged_records' },
    ]);
    expect(await edits.names('kr')).toEqual(namesIn('kr', after));
  });
});

/** Puts the name of a legal entity before each name, so that names differ between tests. */
function namesIn(legalEntity: string, names: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(names).map(([number, name]) => [number, `${legalEntity} ${name}`]));
}

async function rename(edits: Edits, legalEntity: string, names: Readonly<Record<string, string>>): Promise<void> {
  for (const [number, name] of Object.entries(namesIn(legalEntity, names)))
    await edits.customer(legalEntity, number, { OrganizationName: name });
}
