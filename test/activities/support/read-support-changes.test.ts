import { afterEach, describe, expect, it } from '@jest/globals';
import { readTicketChanges, readUserChanges } from '../../../activities/support/read-support-changes.ts';
import { useStepTests } from '../../fixtures/step-context.ts';
import type { TestRun } from '../../fixtures/test-run.ts';
import { runWithUser } from '../contacts/users.ts';

const TICKETS = 'incremental/tickets';

const at = useStepTests();

const readTickets = ({ connectionId }: TestRun, attempt = 1) =>
  at.observe(() => readTicketChanges(at.contextOf({ connectionId }, { attempt }), { connectionId }));
const readUsers = ({ connectionId }: TestRun, attempt = 1) =>
  at.observe(() => readUserChanges(at.contextOf({ connectionId }, { attempt }), { connectionId }));
const cursors = async ({ connectionId }: TestRun) => {
  const { progress } = at.store.supportReading;
  const [tickets, users] = [await progress(connectionId, 'tickets'), await progress(connectionId, 'users')];
  return { tickets: tickets.cursor, users: users.cursor };
};
const parameter = ({ entries }: { entries: readonly { path: string; query: string }[] }, name: string) =>
  new URLSearchParams(entries.find(({ path }) => path.includes('incremental'))?.query).get(name);
const nowS = async () => Math.floor((await at.store.staging.now()).getTime() / 1_000);

/** Begins a run of a connection that counts tickets since this day. */
const since = (day: string) => at.begin((settings) => ({ ...settings, support: { since: day } }));

describe('our clock', () => {
  const setSkew = (skewMs: number) => at.sandbox.control('PATCH', '/clock', { skewMs });
  afterEach(() => setSkew(0));

  it.each([-300_000, 300_000, -3_600_000])(
    'may differ from that of Zendesk by %i ms when changes are read the first time',
    async (skewMs) => {
      await at.sandbox.control('PATCH', '/settings/zendesk', { exportExcludesNewestSeconds: 60 });
      const future = await since('2999-01-01T00:00:00Z');
      const run = await at.begin();
      await setSkew(skewMs);
      for (const one of [future, run]) {
        expect((await readTickets(one)).result).toMatchObject({ done: true });
        expect((await readUsers(one)).result).toMatchObject({ done: true });
      }
    },
  );
});

describe('reading the tickets that have changed', () => {
  it('begins a year ago by default', async () => {
    const run = await at.begin();
    const before = await nowS();
    const start = Number(parameter(await readTickets(run), 'start_time'));
    const yearS = 365 * 86_400;
    expect([start >= before - yearS, start <= (await nowS()) - yearS]).toEqual([true, true]);
  });

  it('begins on the configured day', async () => {
    const run = await since('2024-02-03T00:00:00Z');
    expect(parameter(await readTickets(run), 'start_time')).toBe(String(Date.parse('2024-02-03T00:00:00Z') / 1_000));
  });

  it('begins two minutes ago if that day is in the future, since Zendesk accepts no later start', async () => {
    const run = await since('2999-01-01T00:00:00Z');
    const before = await nowS();
    const start = Number(parameter(await readTickets(run), 'start_time'));
    expect([start >= before - 120, start <= (await nowS()) - 120]).toEqual([true, true]);
  });

  it('counts the tickets, and continues at the cursor of the response', async () => {
    const run = await at.begin();
    const organization = await at.sandbox.control<{ id: number }>('POST', '/state/zendesk/organizations', {
      name: run.legalEntity,
    });
    const wanted = { count: 2, organizationIds: [organization.id], daysAgo: 3, silent: true };
    const { from } = await at.sandbox.control<{ from: number }>('POST', '/state/zendesk/tickets/generate', wanted);
    const first = await readTickets(run);
    expect(first.result).toMatchObject({ done: true });
    const counted = await at.query<{ id: string }>(
      `select zendesk_id as id from tickets where connection_id = $1 and organization_id = $2 order by 1`,
      run.connectionId,
      String(organization.id),
    );
    expect(counted.map(({ id }) => id)).toEqual([String(from), String(from + 1)]);
    const { tickets } = await cursors(run);
    expect(parameter(await readTickets(run), 'cursor')).toBe(tickets);
  });

  it('begins again if the response had no cursor', async () => {
    const run = await at.begin();
    const page = { tickets: [], after_cursor: null, end_of_stream: true };
    await at.addFault({ path: TICKETS }, { kind: 'status', status: 200, body: page });
    expect((await readTickets(run)).result).toEqual({ seen: 0, done: true });
    expect(await cursors(run)).toMatchObject({ tickets: null });
    expect(parameter(await readTickets(run), 'start_time')).not.toBeNull();
  });

  it('returns whether more pages follow', async () => {
    const run = await at.begin();
    const page = { tickets: [], after_cursor: 'next', end_of_stream: false };
    await at.addFault({ path: TICKETS }, { kind: 'status', status: 200, body: page });
    expect((await readTickets(run)).result).toEqual({ seen: 0, done: false });
    expect(await cursors(run)).toMatchObject({ tickets: 'next' });
  });

  it('begins once more from its start if the cursor goes round, and then fails by its name', async () => {
    const run = await at.begin();
    await at.store.supportReading.save(run.connectionId, 'tickets', { cursor: 'A', reading: null });
    const answer = (after_cursor: string, seen: number, end_of_stream = false) => {
      const tickets = [
        { id: seen, status: 'open', created_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-01T00:00:00Z' },
      ];
      return at.addFault(
        { path: TICKETS },
        { kind: 'status', status: 200, body: { tickets, after_cursor, end_of_stream } },
      );
    };
    for (const round of [1, 2]) {
      await answer('B', 1);
      expect((await readTickets(run)).result).toEqual({ seen: 1, done: false });
      await answer('A', 2);
      const { result, operations } = await at.observe(() =>
        readTicketChanges(run.context, run.ref).catch((e: unknown) => e),
      );
      expect(operations).toHaveLength(1);
      expect(result).toMatchObject(
        round === 1 ? { seen: 1, done: false } : { type: 'reading_inconsistent', nonRetryable: true },
      );
      expect(await cursors(run)).toMatchObject({ tickets: 'A' });
    }
    await answer('C', 3, true);
    expect((await readTickets(run)).result).toEqual({ seen: 1, done: true });
    expect(await cursors(run)).toMatchObject({ tickets: 'C' });
  });

  it('requests large pages, and small ones after a failed attempt', async () => {
    const run = await at.begin();
    expect(parameter(await readTickets(run), 'per_page')).toBe('1000');
    expect(parameter(await readTickets(run, 2), 'per_page')).toBe('100');
  });
});

describe('reading the users that have changed', () => {
  const known = ({ connectionId }: TestRun) =>
    at.query<{ id: string; active: boolean }>(
      'select zendesk_id as id, is_active as active from users where connection_id = $1 order by 1',
      connectionId,
    );

  it('begins two minutes ago the first time, and then continues at the cursor', async () => {
    const run = await at.begin();
    const before = await nowS();
    const start = Number(parameter(await readUsers(run), 'start_time'));
    expect([start >= before - 120, start <= (await nowS()) - 120]).toEqual([true, true]);
    const { users } = await cursors(run);
    expect(parameter(await readUsers(run, 2), 'cursor')).toBe(users);
  });

  it('stores only users that contacts are linked to', async () => {
    const { run, user } = await runWithUser(at);
    await at.sandbox.control('POST', '/state/zendesk/users', { name: `Stranger in ${run.legalEntity}` });
    await at.query(`update users set is_suspended = true where connection_id = $1`, run.connectionId);
    const { result } = await readUsers(run);
    expect(result.seen).toBeGreaterThan(1);
    expect(result.done).toBe(true);
    expect(await known(run)).toEqual([{ id: user, active: true }]);
    const [row] = await at.query('select is_suspended from users where connection_id = $1', run.connectionId);
    expect(row).toEqual({ is_suspended: false });
  });

  it('stores that a linked user was deleted', async () => {
    const { run, user } = await runWithUser(at);
    await at.sandbox.control('DELETE', `/state/zendesk/users/${user}`);
    await readUsers(run);
    expect(await known(run)).toEqual([{ id: user, active: false }]);
  });

  it('does not change the cursor if the response has none', async () => {
    const run = await at.begin();
    const page = { users: [], after_cursor: null, end_of_stream: true };
    await at.addFault({ path: 'incremental/users' }, { kind: 'status', status: 200, body: page });
    expect((await readUsers(run)).result).toEqual({ seen: 0, done: true });
    expect(await cursors(run)).toMatchObject({ users: null });
  });
});
