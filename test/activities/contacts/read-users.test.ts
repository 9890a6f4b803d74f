import { describe, expect, it } from '@jest/globals';
import { compareUsers, readUnknownUsers } from '../../../activities/contacts/read-users.ts';
import { openTarget } from '../../../activities/sync/open-slice.ts';
import { useStepTests } from '../../fixtures/step-context.ts';
import type { TestRun } from '../../fixtures/test-run.ts';

const SHOW = 'users.show_many';

const at = useStepTests();

const pageOf = async ({ connectionId }: TestRun, after: string) => ({
  target: await openTarget(at.store, { connectionId }, 'user'),
  after,
});
const readUnknown = async (run: TestRun, after = '') =>
  readUnknownUsers(run.context, run.ref, await pageOf(run, after));
const compare = async (run: TestRun, after = '') => compareUsers(run.context, run.ref, await pageOf(run, after));

/** Begins a run of a connection with a contact whose user an earlier run has written. */
async function runWithUser(): Promise<TestRun> {
  const before = await at.begin();
  await at.write(before, before.customer('A1'));
  await at.write(before, before.contact('K1'));
  return at.next(before);
}

const userOf = async ({ connectionId }: TestRun) => {
  const [user] = await at.query<{ id: string; is_active: boolean; refused: string[] }>(
    `select zendesk_id as id, is_active, refused_organization_ids as refused from users where connection_id = $1`,
    connectionId,
  );
  if (user === undefined) throw new Error('No user is stored.');
  return user;
};

describe('reading the users with unknown values', () => {
  it('sends no request if all values are known', async () => {
    const run = await runWithUser();
    const { result, operations } = await at.observe(() => readUnknown(run));
    expect([result, operations]).toEqual([{ seen: 0, next: null }, []]);
  });

  it('reads users with an unknown value, once', async () => {
    const run = await runWithUser();
    await at.query(`update users set digests = digests - 'phone' where connection_id = $1`, run.connectionId);
    const { result, operations } = await at.observe(() => readUnknown(run));
    expect([result, operations]).toEqual([{ seen: 1, next: null }, [SHOW]]);
    expect((await at.observe(() => readUnknown(run))).operations).toEqual([]);
  });

  it('stores that a user was deleted, and does not read it again', async () => {
    const run = await runWithUser();
    const { id } = await userOf(run);
    await at.sandbox.control('DELETE', `/state/zendesk/users/${id}`);
    await at.query(`update users set digests = '{}' where connection_id = $1`, run.connectionId);
    expect(await readUnknown(run)).toEqual({ seen: 0, next: null });
    expect((await userOf(run)).is_active).toBe(false);
    expect((await at.observe(() => readUnknown(run))).operations).toEqual([]);
  });

  it('reads 100 at a time, and continues after the last one', async () => {
    const run = await runWithUser();
    await at.query(
      `insert into users (connection_id, zendesk_id, is_staff, is_active, is_suspended, noted_at)
       select $1, (1000 + n)::text, false, true, false, now() from generate_series(0, 100) n`,
      run.connectionId,
    );
    await at.query(
      `insert into records (connection_id, legal_entity, kind, target, key, plain_name, plain_name_key, zendesk_id)
       select $1, $1, 'contact', 'user', 'N' || n, '', '', (1000 + n)::text from generate_series(0, 100) n`,
      run.connectionId,
    );
    expect(await readUnknown(run)).toEqual({ seen: 0, next: '1099' });
    expect(await readUnknown(run, '1099')).toEqual({ seen: 0, next: null });
  });
});

describe('comparing the linked users with Zendesk', () => {
  it('also reads users with all values known', async () => {
    const run = await runWithUser();
    const { result, operations } = await at.observe(() => compare(run));
    expect([result, operations]).toEqual([{ seen: 1, next: null }, [SHOW]]);
  });

  it('allows refused memberships to be tried again, on the first page only', async () => {
    const run = await runWithUser();
    const refuse = () =>
      at.query(`update users set refused_organization_ids = '{72}' where connection_id = $1`, run.connectionId);
    await refuse();
    await compare(run, '99999999999999');
    expect((await userOf(run)).refused).toEqual(['72']);
    await compare(run);
    expect((await userOf(run)).refused).toEqual([]);
  });
});
