import { describe, expect, it } from '@jest/globals';
import { compareOrganizations, readOrganizationChanges } from '../../../activities/accounts/read-organizations.ts';
import { openTarget } from '../../../activities/sync/open-slice.ts';
import { useStepTests } from '../../fixtures/step-context.ts';
import type { TestRun } from '../../fixtures/test-run.ts';

const EXPORT = { path: 'incremental/organizations' };

const at = useStepTests();

const targetOf = ({ connectionId }: TestRun) => openTarget(at.store, { connectionId }, 'organization');
const readChanges = async (run: TestRun) =>
  readOrganizationChanges(run.context, run.ref, { target: await targetOf(run) });
const compare = async (run: TestRun, after = '') =>
  compareOrganizations(run.context, run.ref, { target: await targetOf(run), after });
const cursorOf = async (run: TestRun) => {
  const { mapped } = await targetOf(run);
  return at.store.organizations.cursor(run.connectionId, mapped.fields);
};

/** Has Zendesk's export respond once with a page of `count` organizations that ends at `end_time`. */
function setExportPage(page: { count: number; end_time: number; end_of_stream?: boolean }): Promise<void> {
  return at.addFault(EXPORT, { kind: 'status', status: 200, body: { organizations: [], ...page } });
}

/** Links accounts to organizations with these ids, which need not exist in Zendesk. */
async function link(run: TestRun, ids: readonly string[]): Promise<void> {
  await at.query(
    `insert into records (connection_id, legal_entity, kind, target, key, plain_name, plain_name_key, zendesk_id)
     select $1, $1, 'customer', 'organization', 'X' || id, id, id, id from unnest($2::text[]) id`,
    run.connectionId,
    ids,
  );
}

const linked = async (run: TestRun) =>
  (
    await at.query<{ id: string }>(
      'select zendesk_id as id from records where connection_id = $1 and zendesk_id is not null',
      run.connectionId,
    )
  )
    .map(({ id }) => id)
    .sort();

describe('reading the organizations that have changed', () => {
  it('stores the organizations and the end of the export', async () => {
    const run = await at.begin();
    await at.callZendesk('POST', 'organizations', {
      organization: { name: 'Added', external_id: `${run.legalEntity}:A1` },
    });
    expect(await readChanges(run)).toMatchObject({ next: null });
    expect(await cursorOf(run)).toBeGreaterThan(0);
    await at.plan(run, run.customer('A1'));
    expect(await at.staged(run)).toMatchObject({ A1: { operation: 'update' } });
  });

  it('continues at the end of a page while more pages follow', async () => {
    const run = await at.begin();
    await setExportPage({ count: 7, end_time: 50, end_of_stream: false });
    expect(await readChanges(run)).toEqual({ seen: 7, next: 'cursor' });
    expect(await cursorOf(run)).toBe(50);
  });

  it('continues one second later after a full page that ends at its own start', async () => {
    const run = await at.begin();
    await setExportPage({ count: 1_000, end_time: 50, end_of_stream: false });
    await readChanges(run);
    await setExportPage({ count: 1_000, end_time: 50, end_of_stream: false });
    const { result, entries } = await at.observe(() => readChanges(run));
    expect(result).toEqual({ seen: 1_000, next: 'cursor' });
    expect(entries[0]?.query).toContain('start_time=50&');
    expect(await cursorOf(run)).toBe(51);
  });

  it('does not skip a second after a page that is the last one', async () => {
    const run = await at.begin();
    await setExportPage({ count: 1_000, end_time: 0, end_of_stream: true });
    await readChanges(run);
    expect(await cursorOf(run)).toBe(0);
  });

  it.each([
    ['to its own start, and is not full', { count: 999, end_time: 50, end_of_stream: false }],
    ['to an earlier time', { count: 1_000, end_time: 49, end_of_stream: false }],
    ['to an earlier time, although it is the last one', { count: 3, end_time: 49, end_of_stream: true }],
    ['to nothing, and is empty', { count: 0, end_time: 50, end_of_stream: false }],
  ])('reads a page that leads %s once more, and then fails without moving the cursor', async (_, page) => {
    const run = await at.begin();
    await setExportPage({ count: 1_000, end_time: 50, end_of_stream: false });
    await readChanges(run);
    await setExportPage(page);
    await setExportPage(page);
    const { result, entries } = await at.observe(() => readChanges(run).catch((error: unknown) => error));
    expect(result).toMatchObject({ type: 'reading_inconsistent', nonRetryable: true });
    expect(entries).toHaveLength(2);
    expect(await cursorOf(run)).toBe(50);
    await setExportPage(page);
    await setExportPage({ count: 7, end_time: 60, end_of_stream: true });
    expect(await readChanges(run)).toEqual({ seen: 7, next: null });
    expect(await cursorOf(run)).toBe(60);
  });
});

describe('comparing the linked organizations with Zendesk', () => {
  it('sends no request if no account is linked', async () => {
    const run = await at.begin();
    const { result, operations } = await at.observe(() => compare(run));
    expect([result, operations]).toEqual([{ seen: 0, next: null }, []]);
  });

  it('unlinks the accounts whose organizations were deleted, and no others', async () => {
    const run = await at.begin();
    await at.write(run, run.customer('A1'));
    const [kept = ''] = await linked(run);
    await link(run, ['1', '2']);
    expect(await compare(run)).toEqual({ seen: 1, next: null });
    expect(await linked(run)).toEqual([kept]);
  });

  it('reads 100 at a time, and ends after a page that is not full', async () => {
    const run = await at.begin();
    const ids = Array.from({ length: 101 }, (_, n) => String(1_000 + n));
    await link(run, ids);
    const first = await at.observe(() => compare(run));
    expect(first.result).toEqual({ seen: 0, next: '1099' });
    expect(first.entries[0]?.query).not.toContain('1100');
    expect(await compare(run, '1099')).toEqual({ seen: 0, next: null });
    expect(await linked(run)).toEqual([]);
  });
});
