import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { supportLoadOf } from '../../../domain/support/support-load.ts';
import type { SweepPart } from '../../../domain/operations/sweep.ts';
import type { IncomingEvent } from '../../../store/events/events.ts';
import type { Store } from '../../../store/store.ts';
import { account, saveConnection } from '../../fixtures/accounts.ts';
import { openTestStore } from '../../fixtures/database.ts';
import { createRandom } from '../../fixtures/random-choices.ts';

const SEED = Number(process.env['SEED'] ?? 20_261_126);
const RETENTION = { keepDays: 30, rememberDays: 120 };

describe('the sweep of what is older than its retention', () => {
  let store: Store;
  let client: pg.Client;
  let close: () => Promise<void>;

  beforeAll(async () => {
    const opened = await openTestStore();
    ({ store, close } = opened);
    client = new pg.Client({ connectionString: opened.url });
    await client.connect();
    for (const id of ['runs', 'seldom', 'events', 'tickets', 'access']) await saveConnection(store, id);
  });
  afterAll(async () => {
    await client.end();
    await close();
  });

  const query = async <Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> =>
    (await client.query<Row>(text, values)).rows;
  const count = async (text: string): Promise<number> =>
    (await query<{ n: number }>(`select count(*)::int as n from ${text}`))[0]?.n ?? 0;
  /** Sweeps a kind to its end; answers what each batch erased. */
  async function sweep(part: SweepPart, retention = RETENTION): Promise<number[]> {
    const batches: number[] = [];
    for (let after: string | null = ''; after !== null;) {
      const swept: { erased: number; after: string | null } = await store.retention.sweep(part, retention, after);
      batches.push(swept.erased);
      after = swept.after;
    }
    return batches;
  }

  describe('over runs', () => {
    const scope = { legalEntity: undefined, full: false, acceptShrink: false };
    async function begin(connectionId: string, runId: string, more: { kind?: 'account'; legalEntity?: string } = {}) {
      await store.runs.begin({ runId, workflowId: `w/${runId}`, connectionId, kind: 'master', ...scope, ...more });
      await store.staging.addRecords(
        { runId, target: 'organization' },
        [account(`A-${runId}`)],
        await store.staging.now(),
      );
      await store.runs.countRequest(runId, 'zendesk');
      await store.runs.addNote(runId, { code: 'bulk_user_import_off', message: 'One by one.' });
    }
    const end = async (runId: string, status: 'cancelled' | 'failed' | 'completed', daysAgo: number) => {
      await query(`update staged_records set outcome = 'unchanged' where run_id = $1`, [runId]);
      const error = status === 'failed' ? { code: 'unreachable', message: 'No answer.' } : null;
      await store.reports.finish(runId, { status, waitedMs: 0, error });
      await query(
        `update runs set started_at = now() - make_interval(days => $2), finished_at = now() - make_interval(days => $2)
          where run_id = $1`,
        [runId, daysAgo],
      );
    };
    const left = async (id: string) =>
      (await query<{ run_id: string }>(`select run_id from runs where connection_id = '${id}' order by run_id`)).map(
        (row) => row.run_id,
      );

    it('erases them with all that belongs to them, except those that run, claim records or are locked', async () => {
      for (const [runId, daysAgo] of [
        ['old-1', 40],
        ['old-2', 31],
        ['young', 29],
      ] as const) {
        await begin('runs', runId);
        await end(runId, 'completed', daysAgo);
      }
      await begin('runs', 'event-old', { kind: 'account' });
      await end('event-old', 'failed', 40);
      await begin('runs', 'claiming', { kind: 'account' });
      await end('claiming', 'cancelled', 40);
      await query(`insert into records (connection_id, legal_entity, kind, target, key, plain_name, plain_name_key, claim_workflow, claim_run)
        values ('runs', 'usmf', 'customer', 'organization', 'C', 'c', 'c', 'w/claiming', 'claiming')`);
      await begin('runs', 'running');
      await query(`update runs set started_at = now() - interval '99 days' where run_id = 'running'`);
      await store.runs.join('joined-old', 'runs', 'old-1');
      await store.runs.join('joined-young', 'runs', 'young');

      await query('begin');
      await query(`select from runs where run_id = 'old-2' for update`);
      expect(await sweep('runs')).toEqual([3, 0]);
      expect(await left('runs')).toEqual(['claiming', 'old-2', 'running', 'young']);
      await query('rollback');
      expect(await sweep('runs')).toEqual([1, 0]);
      expect(await left('runs')).toEqual(['claiming', 'running', 'young']);

      for (const table of ['run_phases', 'run_requests', 'run_notes', 'staged_reads', 'staged_records'])
        expect(await count(`${table} where run_id in ('old-1', 'old-2', 'event-old')`)).toBe(0);
      expect(await query('select run_id from run_joins')).toEqual([{ run_id: 'joined-young' }]);
      expect(await store.reports.get('young')).toMatchObject({ totals: { read: 1, unchanged: 1 } });
      expect(await count(`staged_records where run_id = 'running'`)).toBe(1);
    });

    it('keeps the last run and the last good run of a connection, however old, and their metrics with them', async () => {
      await begin('seldom', 'good-1');
      await end('good-1', 'completed', 200);
      await begin('seldom', 'good-2');
      await end('good-2', 'completed', 190);
      await begin('seldom', 'narrow', { legalEntity: 'usmf' });
      await end('narrow', 'completed', 185);
      await begin('seldom', 'bad-1');
      await end('bad-1', 'failed', 180);
      await begin('seldom', 'bad-2');
      await end('bad-2', 'failed', 170);
      const figures = async () =>
        (await store.metrics.read())
          .filter(({ name }) => name === 'last_good_run_age_seconds' || name === 'last_run_failed')
          .map(({ samples }) => samples.find(({ labels }) => labels['connection'] === 'seldom')?.value ?? -1)
          .map(Math.floor);
      const before = await figures();
      await sweep('runs');
      expect(await left('seldom')).toEqual(['bad-2', 'good-2']);
      const [ageBefore = 0, failedBefore] = before;
      const [age = 0, failed] = await figures();
      expect([failedBefore, failed]).toEqual([1, 1]);
      expect(age - ageBefore).toBeLessThan(30);
    });

    it('erases the note that the API has started one, when it is old', async () => {
      for (const runId of ['started-old', 'started-young'])
        await store.startedRuns.add({ runId, connectionId: 'runs', workflowId: 'master-sync/runs' });
      await query(`update started_runs set started_at = now() - interval '31 days' where run_id = 'started-old'`);
      expect(await sweep('runs')).toEqual([1, 0]);
      expect(await store.startedRuns.get('started-old')).toBeUndefined();
      expect(await store.startedRuns.get('started-young')).toBeDefined();
    });

    it('finds those that have been under way for more than a day', async () => {
      await begin('access', 'today');
      expect(await store.retention.longRunning()).toEqual([{ runId: 'running', workflowId: 'w/running' }]);
    });
  });

  describe('over events', () => {
    const event = (dedupeKey: string, bodyHash = 'hash'): IncomingEvent => ({
      ...{ connectionId: 'events', source: 'dynamics', dedupeKey, bodyHash, type: 'CustomerChanged' },
      eventId: `id of ${dedupeKey}`,
      controlNumber: dedupeKey,
    });
    async function take(key: string, daysAgo: number, outcome: string | null = 'updated'): Promise<void> {
      const received = await store.events.receive(event(key));
      if (received.state !== 'new') throw new Error(`${key} was there already.`);
      await store.events.accepted(received.id, `erp-event/events/${key}`);
      if (outcome !== null) await store.events.ended(received.id, outcome);
      await query(`update events set received_at = now() - make_interval(days => $2) where id = $1`, [
        received.id,
        daysAgo,
      ]);
    }
    const states = async (key: string) => [
      (await store.events.receive(event(key))).state,
      (await store.events.receive(event(key, 'other'))).state,
    ];

    it('erases them from the list, and yet remembers for longer, so that none is taken twice', async () => {
      await take('young', 29);
      await take('old', 31);
      await take('stuck', 31, null);
      await take('forgotten', 121);
      await store.events.refused(event('refused'), 'malformed');
      await query(`update events set received_at = now() - interval '31 days' where dedupe_key = 'refused'`);
      await sweep('events');
      const { items, total } = await store.events.list('events', undefined);
      expect(items.map(({ controlNumber }) => controlNumber)).toEqual(['young', 'stuck']);
      expect(total).toBe(2);
      expect(await query(`select * from events where dedupe_key = 'old'`)).toEqual([
        expect.objectContaining({
          ...{ verdict: 'remembered', body_hash: 'hash', connection_id: 'events', source: 'dynamics' },
          ...{ type: '', event_id: 'id of old', control_number: null, workflow_id: null, outcome: null, reason: null },
        }),
      ]);
      expect(await store.events.lastAccepted('events', 'dynamics')).toBeInstanceOf(Date);
      for (const key of ['young', 'old', 'stuck']) expect(await states(key)).toEqual(['duplicate', 'other_content']);
      expect((await store.events.receive(event('forgotten'))).state).toBe('new');
      expect(await sweep('events', { keepDays: 1, rememberDays: 91 })).toEqual([1, 0]);
      for (const key of ['young', 'old', 'stuck']) expect(await states(key)).toEqual(['duplicate', 'other_content']);
    });

    it('erases them in batches of a thousand, and a second sweep changes nothing', async () => {
      await query(`insert into events (id, connection_id, source, dedupe_key, type, body_hash, received_at, verdict)
        select 'many-' || n, 'events', 'zendesk', 'many', 'zen', 'hash', now() - interval '50 days', 'duplicate'
        from generate_series(1, 2500) n`);
      expect(await sweep('events')).toEqual([1_000, 1_000, 500, 0]);
      expect(await sweep('events')).toEqual([0]);
    });
  });

  it('erases tickets without changing the figures of any account', async () => {
    const random = createRandom(SEED);
    const pick = <T>(from: readonly T[]): T => from[random(from.length)] as T;
    const day = () => new Date(Date.now() - random(300) * 86_400_000).toISOString();
    const tickets = Array.from({ length: 3_000 }, (_, n) => {
      const createdAt = day();
      return {
        id: String(n),
        organizationId: pick([null, ...Array.from({ length: 60 }, (__, at) => `o${at}`)]),
        requesterId: pick([null, 'r1', 'r2']),
        status: pick(['new', 'open', 'pending', 'hold', 'solved', 'closed', 'closed', 'closed', 'closed'] as const),
        priority: pick([null, 'urgent', 'low'] as const),
        satisfaction: pick([null, null, null, null, 'good', 'bad'] as const),
        ...{ createdAt, updatedAt: pick([createdAt, new Date().toISOString()]), solvedAt: null },
      };
    });
    await store.tickets.record('tickets', { tickets, askedAt: new Date() });
    const absent = Array.from({ length: 300 }, (_, n) => String(n * 10));
    await store.tickets.record('tickets', { tickets: [], absent, askedAt: new Date() });
    await query(`insert into records (connection_id, legal_entity, kind, target, key, plain_name, plain_name_key, zendesk_id)
      select 'tickets', 'usmf', 'customer', 'organization', 'K' || n, 'n' || n, 'n' || n, 'o' || n from generate_series(0, 59) n`);
    const loads = async () => {
      const accounts = await store.support.page('tickets', { after: '', limit: 100 });
      return new Map(accounts.map((each) => [each.organizationId, supportLoadOf(each.tickets)]));
    };
    const before = await loads();
    expect(before.size).toBe(60);
    const isSpent = `updated_at < now() - interval '30 days' and (status = 'deleted' or (status = 'closed' and satisfaction is null))`;
    const spent = await count(`tickets where ${isSpent}`);
    const erased = (await sweep('tickets')).reduce((sum, each) => sum + each, 0);
    expect([SEED, await loads()]).toEqual([SEED, before]);
    // At most one for each organization is left of those that count nowhere.
    expect(erased).toBeGreaterThan(400);
    expect(await count(`tickets where ${isSpent}`)).toBe(spent - erased);
    expect(spent - erased).toBeLessThanOrEqual(60);
    expect(await count('tickets')).toBe(3_000 - erased);
    expect((await sweep('tickets')).every((each) => each === 0)).toBe(true);
  });

  it('erases what is old of the audit, the tokens, the consents and the alerts, and nothing else of them', async () => {
    for (const action of ['old', 'young'])
      await store.audit.add({ actor: 'admin', action, subject: 'access', detail: null });
    await query(`update audit set at = now() - interval '31 days' where action = 'old'`);
    expect(await sweep('audit')).toEqual([1, 0]);
    expect((await store.audit.list({})).items).toMatchObject([{ action: 'young' }]);

    const [old, revoked, used] = [
      await store.tokens.create('read'),
      await store.tokens.create('read'),
      await store.tokens.create('read'),
    ];
    for (const { id } of [old, revoked]) await store.tokens.revoke(id);
    await query(`update api_tokens set revoked_at = now() - interval '31 days' where id = $1`, [old.id]);
    await query(`update api_tokens set created_at = now() - interval '99 days' where id = $1`, [used.id]);
    for (const state of ['past', 'present'])
      await store.zendeskTokens.beginConsent('access', { state, verifier: `${state} verifier` });
    await query(`update oauth_consents set expires_at = now() - interval '1 s' where state_digest = sha256('past')`);
    expect(await sweep('access')).toEqual([2, 0]);
    expect(new Set((await store.tokens.list(undefined)).items.map(({ id }) => id))).toEqual(
      new Set([revoked.id, used.id]),
    );
    expect(await count('oauth_consents')).toBe(1);

    const problem = { code: 'unreachable', message: 'No answer.' };
    await query('delete from alerts');
    await store.health.record({ connectionId: 'access', subject: 'support', problem });
    await query(`update alerts set at = now() - interval '31 days'`);
    await store.health.record({ connectionId: 'access', subject: 'support', problem: null });
    expect(await sweep('alerts')).toEqual([1, 0]);
    expect(await store.health.nextAlert('access')).toMatchObject({ waiting: 1, alert: { isFailing: false } });
  });
});
