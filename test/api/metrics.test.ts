import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from '@temporalio/client';
import pg from 'pg';
import { saveConnection } from '../fixtures/accounts.ts';
import { until } from '../fixtures/stops.ts';
import { startApi, type RunningApi } from './running-api.ts';

const RECORD =
  'insert into records (connection_id, legal_entity, kind, target, key, plain_name, plain_name_key, state, code) values';

/** Two runs of today, one that failed last, one of a legal entity, and one that is too old to be counted. */
const STATEMENTS = [
  `${RECORD} ('north', 'usmf', 'customer', 'organization', 'A', 'Secret Name', 'secret name', 'created', null),
    ('north', 'usmf', 'customer', 'organization', 'B', 'Secret Name', 'secret name', 'created', null),
    ('north', 'usmf', 'customer', 'organization', 'C', 'Secret Name', 'secret name', 'rejected', 'name_ambiguous'),
    ('north', 'usmf', 'contact', 'user', 'D', 'Secret Name', 'secret name', 'updated', 'same_person'),
    ('north', 'usmf', 'vendor', 'organization', 'E', 'Secret Name', 'secret name', null, null)`,
  `insert into runs (run_id, connection_id, workflow_id, scope, legal_entity, status, started_at, finished_at, waited_ms) values
    ('r1', 'north', 'w', 'master', null, 'completed', now() - interval '3 hours', now() - interval '2 hours', 1500),
    ('r2', 'north', 'w', 'master', 'usmf', 'completed', now() - interval '1 hour', now() - interval '50 minutes', 500),
    ('r3', 'north', 'w', 'master', null, 'failed', now() - interval '30 minutes', now() - interval '20 minutes', 0),
    ('r4', 'north', 'w', 'account', null, 'running', now() - interval '1 minute', null, 0),
    ('r0', 'north', 'w', 'master', null, 'completed', now() - interval '40 hours', now() - interval '39 hours', 0)`,
  `insert into run_phases (run_id, legal_entity, kind, read, created, updated, adopted, unchanged, skipped, rejected) values
    ('r1', 'usmf', 'customer', 5, 2, 0, 0, 2, 0, 1), ('r2', 'usmf', 'customer', 4, 0, 0, 0, 4, 0, 0),
    ('r0', 'usmf', 'customer', 100, 100, 0, 0, 0, 0, 0)`,
  `insert into run_requests (run_id, system, requests, limited) values
    ('r1', 'zendesk', 7, 3), ('r2', 'zendesk', 2, 1), ('r1', 'entra', 1, 0)`,
  `insert into events (id, connection_id, source, dedupe_key, type, body_hash, received_at, verdict, outcome, ended_at) values
    ('e1', 'north', 'dynamics', '1', 't', 'h', now() - interval '10 minutes', 'accepted', 'updated', now() - interval '590 seconds'),
    ('e2', 'north', 'dynamics', '2', 't', 'h', now() - interval '5 minutes', 'accepted', null, null),
    ('e3', 'north', 'zendesk', '3', 't', 'h', now(), 'refused', null, null),
    ('e4', 'north', 'zendesk', '4', 't', 'h', now() - interval '2 days', 'refused', null, null)`,
  `insert into rate_gates (connection_id, system, bucket, closed_at, closed_until, reason) values
    ('north', 'zendesk', 'organization:77', now(), now() + interval '1 minute', 'limited'),
    ('north', 'zendesk', 'organization:78', now(), now() + interval '2 minutes', 'limited'),
    ('north', 'dynamics', 'account', now() - interval '2 minutes', now() - interval '1 minute', 'limited')`,
];

/** Two schedules, the second one paused, as soon as they can be listed. */
async function createSchedules({ schedule }: Client): Promise<void> {
  for (const [id, paused] of Object.entries({ north: false, south: true })) {
    const action = { type: 'startWorkflow', workflowType: 'syncMasterData', taskQueue: 'ledgerdesk' } as const;
    const spec = { intervals: [{ every: 86_400_000 }] };
    await schedule.create({ scheduleId: `master-sync/${id}`, spec, action, state: { paused } });
  }
  await until('both schedules are listed', async () => {
    let listed = 0;
    for await (const { state } of schedule.list()) listed += state.paused ? 2 : 1;
    return listed === 3;
  });
}

describe('GET /metrics', () => {
  let api: RunningApi;
  let text: string;
  let type: string | null;

  beforeAll(async () => {
    api = await startApi();
    for (const id of ['north', 'south']) await saveConnection(api.services.store, id);
    await api.services.store.credentials.apply('north', { 'dynamics.clientSecret': 'canary-erp-secret' });
    const client = new pg.Client({ connectionString: api.databaseUrl });
    await client.connect();
    for (const statement of STATEMENTS) await client.query(statement);
    await client.end();
    await createSchedules(api.services.temporal.client);
    const response = await fetch(`${api.origin}/metrics`);
    type = response.headers.get('content-type');
    text = await response.text();
  });
  afterAll(() => api.close());

  /** The values of a metric by its labels as they are written. */
  const values = (name: string): Record<string, number> =>
    Object.fromEntries(
      [...text.matchAll(new RegExp(`^ledgerdesk_${name}\\{(.*)\\} (\\S+)$`, 'gm'))].map(([, labels = '', value]) => [
        labels.replaceAll('"', ''),
        Number(value),
      ]),
    );

  it('is answered without a token in the form that Prometheus reads', () => {
    expect(type).toBe('text/plain; version=0.0.4; charset=utf-8');
    const line =
      /^(# HELP ledgerdesk_\w+ .+|# TYPE ledgerdesk_\w+ gauge|ledgerdesk_\w+\{(\w+="[^"\n]*",?)+\} -?\d+(\.\d+)?)$/;
    expect(text.endsWith('\n')).toBe(true);
    for (const each of text.trimEnd().split('\n')) expect(each).toMatch(line);
    const kinds = [...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name);
    expect(new Set(kinds).size).toBe(kinds.length);
  });

  it('counts records by kind and state, and those that are rejected by code', () => {
    expect(values('records')).toEqual({
      'connection=north,kind=customer,state=created': 2,
      'connection=north,kind=customer,state=rejected': 1,
      'connection=north,kind=contact,state=updated': 1,
      'connection=north,kind=vendor,state=none': 1,
    });
    expect(values('rejections_open')).toEqual({ 'connection=north,kind=customer,code=name_ambiguous': 1 });
    expect(values('connection_state')).toEqual({
      'connection=north,state=active': 1,
      'connection=south,state=active': 1,
    });
  });

  it('says how long ago the last good sync of the whole connection was, and that the last one failed', () => {
    const ages = values('last_good_run_age_seconds');
    expect(Math.round((ages['connection=north'] ?? 0) / 60)).toBe(120);
    expect(ages['connection=south']).toBeLessThan(60);
    expect(values('last_run_failed')).toEqual({ 'connection=north': 1 });
  });

  it('adds up the runs of a day: their status, what they did, their requests and waits', () => {
    expect(values('runs_last_day')).toEqual({
      'connection=north,scope=master,status=completed': 2,
      'connection=north,scope=master,status=failed': 1,
      'connection=north,scope=account,status=running': 1,
    });
    const did = Object.entries({ created: 2, updated: 0, adopted: 0, unchanged: 6, skipped: 0, rejected: 1 });
    expect(values('run_records_last_day')).toEqual(
      Object.fromEntries(did.map(([outcome, count]) => [`connection=north,kind=customer,outcome=${outcome}`, count])),
    );
    expect(values('requests_last_day')).toEqual({
      'connection=north,system=entra': 1,
      'connection=north,system=zendesk': 9,
    });
    expect(values('requests_limited_last_day')).toEqual({
      'connection=north,system=entra': 0,
      'connection=north,system=zendesk': 4,
    });
    expect(values('run_waited_seconds_last_day')).toEqual({ 'connection=north': 2 });
  });

  it('counts the events of a day, and those that have had no effect yet', () => {
    expect(values('events_last_day')).toEqual({
      'connection=north,source=dynamics,verdict=accepted': 2,
      'connection=north,source=zendesk,verdict=refused': 1,
    });
    expect(values('events_unfinished')).toEqual({ 'connection=north,source=dynamics': 1 });
    expect(values('event_effect_seconds_last_day')).toEqual({
      'connection=north,source=dynamics,quantile=0.5': 10,
      'connection=north,source=dynamics,quantile=0.99': 10,
    });
    const { 'connection=north,source=dynamics': age = 0 } = values('events_unfinished_age_seconds');
    expect(Math.round(age / 60)).toBe(5);
  });

  it('shows the rate limits that are being waited out, without the ids of organizations', () => {
    expect(values('rate_gates_closed')).toEqual({
      'connection=north,system=zendesk,bucket=organization,reason=limited': 2,
    });
    const { 'connection=north,system=zendesk': left = 0 } = values('rate_gate_wait_seconds');
    expect(left).toBeGreaterThan(60);
    expect(left).toBeLessThanOrEqual(120);
  });

  it('shows which schedules are paused, and that Temporal answers', () => {
    expect(values('schedule_paused')).toEqual({ 'schedule=master-sync/north': 0, 'schedule=master-sync/south': 1 });
    expect(Object.values(values('temporal_reachable'))).toEqual([1]);
  });

  it('is answered while Temporal is away, without what only Temporal knows', async () => {
    const cut = await startApi({ temporalAddress: '127.0.0.1:9' });
    const answer = await (await fetch(`${cut.origin}/metrics`)).text();
    await cut.close();
    expect(answer).toContain('ledgerdesk_temporal_reachable{namespace=');
    expect(answer).toMatch(/^ledgerdesk_temporal_reachable\{.*\} 0$/m);
    expect(answer).toContain('# HELP ledgerdesk_records');
    expect(answer).not.toContain('ledgerdesk_schedule_paused');
  });

  it('holds no names and no secrets', () => {
    expect(text).not.toMatch(/secret name/i);
    expect(text).not.toContain('canary');
  });

  it('answers 405 to other methods', async () => {
    expect((await fetch(`${api.origin}/metrics`, { method: 'POST' })).status).toBe(405);
  });
});
