import { describe, expect, it } from '@jest/globals';
import { acceptReading, discardReading, readRecordsPage } from '../../../../activities/sync/reading/read-records.ts';
import { useStepTests } from '../../../fixtures/step-context.ts';
import type { TestRun } from '../../../fixtures/test-run.ts';

const at = useStepTests({ hasFields: false });

const read = (run: TestRun) => readRecordsPage(run.context, run.slice());
const accept = (run: TestRun) => acceptReading(run.context, run.slice());
const staged = async (run: TestRun) => Object.keys(await at.staged(run));

/** Begins a run of a legal entity with `count` customers in F&O, whose pages have two rows. */
async function runWith(count: number): Promise<TestRun> {
  const run = await at.begin();
  await at.sandbox.control('PATCH', '/settings/dynamics', { honoursMaxPageSize: false, defaultPageSize: 2 });
  const { legalEntity } = run;
  if (count > 0)
    await at.sandbox.control('POST', '/state/dynamics/customers/generate', { legalEntity, count, from: 1 });
  return run;
}

/** Stages `count` records of a run. */
async function stage(run: TestRun, count: number): Promise<void> {
  const records = Array.from({ length: count }, (_, n) => run.customer(`A${n}`));
  await at.store.staging.addRecords(
    { runId: run.runId, target: 'organization' },
    records,
    await at.store.staging.now(),
  );
}

describe('reading a page of records', () => {
  it('stages it, and continues after it until the last page', async () => {
    const run = await runWith(3);
    expect(await read(run)).toEqual({ read: 2, done: false });
    expect(await staged(run)).toHaveLength(2);
    expect(await read(run)).toEqual({ read: 1, done: true });
    expect(await staged(run)).toHaveLength(3);
  });

  it('sends no request if the reading is already complete', async () => {
    const run = await runWith(1);
    await read(run);
    const { result, operations } = await at.observe(() => read(run));
    expect([result, operations]).toEqual([{ read: 0, done: true }, []]);
  });

  it('is done at once if there are no records', async () => {
    const run = await runWith(0);
    expect(await read(run)).toEqual({ read: 0, done: true });
    expect(await staged(run)).toEqual([]);
  });

  it('reads the same page again after an attempt that staged nothing', async () => {
    const run = await runWith(3);
    await read(run);
    await at.sandbox.control('POST', '/faults', { system: 'dynamics', action: { kind: 'status', status: 500 } });
    await expect(read(run)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(await read(run)).toEqual({ read: 1, done: true });
    expect(await staged(run)).toHaveLength(3);
  });

  it('stages a record once if two pages contain it', async () => {
    const run = await runWith(4);
    await at.sandbox.control('PATCH', '/settings/dynamics', { duplicateRowsAcrossPages: 1 });
    for (let page = await read(run); !page.done; page = await read(run));
    expect(await staged(run)).toHaveLength(4);
  });

  it('fails if a page is empty but has a next page', async () => {
    const run = await runWith(5);
    await at.sandbox.control('PATCH', '/settings/dynamics', { emptyPageAt: 1 });
    await read(run);
    await expect(read(run)).rejects.toMatchObject({ type: 'page_empty', nonRetryable: true });
    expect(await staged(run)).toHaveLength(2);
    expect(await at.store.staging.progress(run.slice())).toMatchObject({ pages: 1, complete: false });
  });

  it('begins once more, and then fails, if the last page is empty although F&O counts more records', async () => {
    const run = await runWith(4);
    await at.sandbox.control('PATCH', '/settings/dynamics', { emptyPageAt: 1, emptyPageHasNextLink: false });
    await read(run);
    expect(await read(run)).toEqual({ read: 0, done: false });
    await read(run);
    await expect(read(run)).rejects.toMatchObject({
      ...{ type: 'reading_inconsistent', nonRetryable: true },
      message: expect.stringMatching(/contain 2 record\(s\), but 4 are counted.*nothing was changed/) as unknown,
    });
  });
});

describe('a reading whose pages contradict each other', () => {
  /** Has the links of some pages to F&O lead back. */
  const rewind = (fault: { skip: number; back?: number; times: number | null }) =>
    at.sandbox.control('POST', '/faults', {
      ...{ system: 'dynamics', match: { path: '/data/CustomersV3' }, skip: fault.skip, times: fault.times },
      action: { kind: 'rewind', back: fault.back ?? 1 },
    });
  const readAll = async (run: TestRun) => {
    while (!(await read(run)).done);
  };
  const change = (run: TestRun, method: string, key: string) =>
    at.sandbox.control(method, `/state/dynamics/customers/${run.legalEntity}/${key}`, { OrganizationName: key });

  it.each([
    ['to the first page', 99],
    ['to the page before', 1],
  ])('begins once more, and is complete, if a link leads %s once', async (_, back) => {
    const run = await runWith(6);
    await rewind({ skip: 1, back, times: 1 });
    const { entries } = await at.observe(() => readAll(run));
    expect(await staged(run)).toHaveLength(6);
    expect(entries.length).toBeLessThanOrEqual(6);
  });

  it('fails by its name if a link leads back again, and can be discarded', async () => {
    const run = await runWith(6);
    await rewind({ skip: 1, times: null });
    await expect(readAll(run)).rejects.toMatchObject({
      ...{ type: 'reading_inconsistent', nonRetryable: true },
      message: expect.stringMatching(
        /customers contradict each other.*leads back to a page.*nothing was changed/,
      ) as unknown,
    });
    await discardReading(run.context, { ...run.ref, legalEntity: run.legalEntity, kinds: ['customer'] });
    await at.sandbox.control('DELETE', '/faults');
    await readAll(run);
    expect(await staged(run)).toHaveLength(6);
  });

  it('remembers the pages in the store, so that an attempt after a crash notices it, too', async () => {
    const run = await runWith(6);
    await read(run);
    await read(run);
    expect((await at.store.staging.progress(run.slice())).followed).toHaveLength(2);
    await at.query(
      `update staged_reads set next_link = replace(next_link, 'skip=4', 'skip=0') where run_id = $1`,
      run.runId,
    );
    expect(await read(run)).toEqual({ read: 2, done: false });
    const { entries } = await at.observe(() => readAll(run));
    expect(entries).toHaveLength(3);
    expect(await staged(run)).toHaveLength(6);
  });

  it.each([
    ['is deleted on a page that was read', (run: TestRun, [first = '']: string[]) => change(run, 'DELETE', first)],
    ['is added before the page that is read', (run: TestRun) => change(run, 'PUT', '0-FIRST')],
  ])('does not mean that a record %s meanwhile', async (_, edit) => {
    const run = await runWith(6);
    await read(run);
    await edit(run, await staged(run));
    const { entries } = await at.observe(() => readAll(run));
    expect(entries.length).toBeLessThanOrEqual(3);
    expect(await accept(run)).toMatchObject({ records: expect.any(Number) as unknown });
  });

  it('stores a page once if two attempts of the step have read it', async () => {
    const run = await runWith(6);
    const slice = { ...run.slice(), target: 'organization' as const };
    const { pages } = await at.store.staging.progress(slice);
    await read(run);
    const late = { records: [run.customer('A1')], rows: 1, counted: 1, nextLink: null, pages };
    const position = { own: '/data/x?', next: null };
    expect(await at.store.staging.addPage(slice, { ...late, position, readAt: new Date() })).toBeUndefined();
    expect(await staged(run)).toHaveLength(2);
  });
});

describe('accepting a reading', () => {
  /**
   * Begins a run of a legal entity that had `before` records the last time (null: never read), and stages `now`
   * records.
   */
  async function readingOf({ before, now }: { before: number | null; now: number }): Promise<TestRun> {
    const first = await at.begin();
    await at.sandbox.control('PUT', `/state/dynamics/vendors/${first.legalEntity}/V1`, {
      VendorOrganizationName: 'V1',
    });
    if (before !== null) await stage(first, before);
    if (before !== null) await accept(first);
    const run = await at.next(first);
    await stage(run, now);
    return run;
  }

  it.each([
    ['was never read before', { before: null, now: 0 }],
    ['was empty before', { before: 0, now: 0 }],
    ['has lost no more than five records', { before: 10, now: 5 }],
    ['has lost no more than a tenth', { before: 60, now: 54 }],
  ])('accepts a legal entity that %s', async (_, counts) => {
    const run = await readingOf(counts);
    expect(await accept(run)).toEqual({ records: counts.now });
    expect(await at.store.staging.counts(run.connectionId, run.slice())).toMatchObject({ lastAccepted: counts.now });
  });

  it.each([
    ['is empty', { before: 1, now: 0 }],
    ['has lost more than a tenth', { before: 60, now: 53 }],
  ])('fails if the legal entity %s, and keeps the count of the last time', async (_, counts) => {
    const run = await readingOf(counts);
    const message = expect.stringContaining(`${run.legalEntity}'s customers`);
    await expect(accept(run)).rejects.toMatchObject({ type: 'entity_shrank', nonRetryable: true, message });
    expect(await at.store.staging.counts(run.connectionId, run.slice())).toMatchObject({ lastAccepted: counts.before });
  });

  it.each([['limits', 'own'] as const, ['shrink', 'other'] as const])(
    'fails although the run may do something else, or another run may do this (%s of the %s run)',
    async (grant, whose) => {
      const run = await readingOf({ before: 60, now: 1 });
      const { connectionId } = run;
      const runId = whose === 'own' ? run.runId : 'another-run';
      const audited = { actor: 'admin', action: 'run.grant', subject: connectionId, detail: null };
      await at.store.runGrants.give({ connectionId, runId }, [grant], audited);
      await expect(accept(run)).rejects.toMatchObject({ type: 'entity_shrank' });
      await at.store.runGrants.withdraw(runId);
    },
  );

  it('accepts a reading that has shrunk if an operator has allowed it', async () => {
    const run = await readingOf({ before: 60, now: 1 });
    const audited = { actor: 'admin', action: 'run.grant', subject: run.connectionId, detail: null };
    await at.store.runGrants.give(run, ['shrink'], audited);
    expect(await accept(run)).toEqual({ records: 1 });
    expect(await at.store.staging.counts(run.connectionId, run.slice())).toMatchObject({ lastAccepted: 1 });
  });
});

describe('discarding a reading', () => {
  it('removes the staged records of these kinds, and resets their progress', async () => {
    const run = await runWith(3);
    await read(run);
    const contacts = [run.contact('K1')];
    await at.store.staging.addRecords({ runId: run.runId, target: 'user' }, contacts, await at.store.staging.now());
    const { legalEntity } = run;
    await discardReading(run.context, { ...run.ref, legalEntity, kinds: ['customer', 'vendor'] });
    expect(await staged(run)).toEqual(['K1']);
    const progress = { nextLink: null, pages: 0, complete: false, followed: [] };
    expect(await at.store.staging.progress(run.slice())).toEqual(progress);
  });
});
