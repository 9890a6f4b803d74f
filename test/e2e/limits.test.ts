import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { findFreePort } from '../../runtime/processes/free-port.ts';
import { DEFAULT_REVIEW, type ReviewSettings } from '../../domain/connection/review-settings.ts';
import type { ConnectionSettings } from '../../domain/connection/connection.ts';
import type { RunReport } from '../../store/sync/run-reports.ts';
import { runCli } from '../cli/run-cli.ts';
import { startAlertReceiver, type AlertReceiver } from '../fixtures/alert-receiver.ts';
import { ADMIN_TOKEN, startApiProcess, type ApiProcess } from '../fixtures/api-process.ts';
import { createEdits, readingOnly } from '../fixtures/edits.ts';
import { createErpIngress, type ErpIngress } from '../fixtures/erp-ingress.ts';
import { createPeople } from '../fixtures/people.ts';
import { writesOf } from '../fixtures/previews.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';
import { until } from '../fixtures/stops.ts';

const KEYS = Array.from({ length: 10 }, (_, n) => `A${n}`);
/** Limits that a few records exceed: more than half of the linked records, and more than three. */
const REVIEW: ReviewSettings = {
  ...{ ...DEFAULT_REVIEW, first: 'off', changes: 'off' },
  floor: { create: 3, update: 3, retire: 3 },
};

const reviewing =
  (review: Partial<ReviewSettings> = {}) =>
  (settings: ConnectionSettings): ConnectionSettings => ({ ...settings, review: { ...REVIEW, ...review } });

describe('the limits of a connection', () => {
  const world = setUpWorld({ worker: false });
  const edits = createEdits(world);
  const people = createPeople(world);
  let api: ApiProcess;
  let receiver: AlertReceiver;

  beforeAll(async () => {
    const port = await findFreePort();
    receiver = await startAlertReceiver(port);
    const env = {
      LEDGERDESK_ALERT_URL: `http://127.0.0.1:${port}/alerts`,
      LEDGERDESK_ALERT_SECRET: `whsec_${Buffer.alloc(32, 11).toString('base64')}`,
    };
    [api] = await Promise.all([startApiProcess(world), world.startWorker(env)]);
  });
  afterAll(async () => receiver.stop());

  const cli = (...args: string[]) =>
    runCli([...args, '--json'], { LEDGERDESK_URL: api.url, LEDGERDESK_ADMIN_TOKEN: ADMIN_TOKEN });
  const move = async (id: string, keys: readonly string[], city: string): Promise<void> => {
    for (const key of keys) await edits.customer(id, key, { AddressCity: city });
  };
  const clearJournal = () => world.sandbox.control('DELETE', '/journal');
  const show = async (id: string) =>
    (await api.request('GET', `/api/connections/${id}`)).body as { readonly held?: Record<string, string | null> };
  const alerts = (id: string): string[] =>
    receiver.received
      .filter(({ status }) => status === 204)
      .map(({ body }) => JSON.parse(body) as { type: string; data: { connectionId: string; code: string | null } })
      .filter(({ data }) => data.connectionId === id)
      .map(({ type, data }) => `${type} ${data.code}`);
  const delivered = (id: string) =>
    until('every alert is delivered', async () => !(await world.store.health.hasAlerts(id)), 60_000);
  /** Starts a sync over the API and returns how it has ended. */
  const syncOver = async (id: string, body: object): Promise<RunReport> => {
    const started = await api.request('POST', `/api/connections/${id}/sync`, body);
    expect(started.status).toBe(202);
    return world.ended((started.body as { runId: string }).runId);
  };
  /** Starts a sync as an operator does with Temporal's own tools, and returns how it has ended. */
  const syncByHand = async (id: string, input: object, runId?: string): Promise<RunReport | undefined> => {
    const given = { connectionId: id, ...input, ...(runId !== undefined && { runId }) };
    const execution = await world.start(given);
    await world.client.workflow
      .getHandle(`master-sync/${id}`, execution)
      .result()
      .catch(() => undefined);
    return world.store.reports.get(runId ?? execution);
  };
  /** Connects ten customers. */
  const begin = async (id: string, review: Partial<ReviewSettings> = {}): Promise<void> => {
    for (const key of KEYS) await edits.customer(id, key, { OrganizationName: `${id} ${key}`, AddressCity: 'Seattle' });
    await world.connect(id, (settings) => reviewing(review)(readingOnly([id])(settings)));
  };

  describe('if 60 % of the accounts change', () => {
    const id = 'mass';
    let held: RunReport[];
    let first: RunReport;

    beforeAll(async () => {
      await begin(id);
      first = await world.sync(id);
      await move(id, KEYS.slice(0, 5), 'Renton');
      expect(await world.sync(id)).toMatchObject({ status: 'completed', totals: { updated: 5 } });
      await move(id, KEYS.slice(0, 6), 'Tacoma');
      await clearJournal();
      held = [await world.sync(id), await world.sync(id), await world.sync(id)];
    });

    it('do not count for the first run', () => {
      expect(first).toMatchObject({ status: 'completed', totals: { created: 10 } });
    });

    it('hold the runs: nothing is written, and every record counts as skipped', async () => {
      expect(await writesOf(world)).toEqual([]);
      for (const run of held)
        expect(run).toMatchObject({
          ...{ status: 'held', planId: run.runId, error: { code: 'limits_exceeded' } },
          totals: { read: 10, skipped: 10, updated: 0, unchanged: 0 },
        });
      expect(held[0]?.error?.message).toContain('update 6 (at most 5)');
      const states = (await world.store.records.list(id, {})).items.map(({ state }) => state);
      expect(new Set(states)).toEqual(new Set(['updated', 'unchanged']));
    });

    it('make a plan whose changes and limits are those of the run', async () => {
      const plan = await world.store.plans.get(held[2]?.runId ?? '');
      expect(plan).toMatchObject({ status: 'open', why: ['limits'], totals: { read: 10, update: 6, unchanged: 4 } });
      expect(plan?.limits).toContainEqual({ name: 'update', planned: 6, allowed: 5, tripped: true });
      expect(held[2]?.error?.message).toContain(`ledgerdesk approve ${plan?.planId} --hash ${plan?.hash}`);
      expect((await world.store.plans.changes(plan?.planId ?? '', {})).total).toBe(6);
    });

    it('make one alert, and the connection, the list of runs and the metrics show it', async () => {
      await delivered(id);
      expect(alerts(id)).toEqual(['sync.held limits_exceeded']);
      const last = held[2];
      const { error } = last ?? {};
      expect((await show(id)).held).toEqual({
        ...error,
        planId: last?.planId,
        runId: last?.runId,
        since: last?.finishedAt,
      });
      const metrics = await fetch(`${api.url}/metrics`, { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } });
      const text = await metrics.text();
      expect(text).toContain(`ledgerdesk_sync_held{connection="${id}"} 1`);
      expect(text).toContain(`ledgerdesk_runs_last_day{connection="${id}",scope="master",status="held"} 3`);
    });

    it('are accepted by no input of a workflow that somebody starts by hand', async () => {
      await clearJournal();
      const input = { acceptLimits: true, acceptShrink: true, grants: ['limits'], held: null };
      expect(await syncByHand(id, input)).toMatchObject({ status: 'held' });
      for (const runId of [randomUUID(), held[0]?.runId])
        expect(await syncByHand(id, input, runId)).toMatchObject({ status: 'held', runId });
      expect(await writesOf(world)).toEqual([]);
    });

    it('are not accepted by a token that may only run syncs', async () => {
      const { token } = await world.store.tokens.create('run');
      for (const name of ['acceptLimits', 'acceptShrink']) {
        const response = await fetch(`${api.url}/api/connections/${id}/sync`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body: JSON.stringify({ [name]: true }),
        });
        expect([response.status, await response.json()]).toMatchObject([403, { error: { code: 'scope_too_narrow' } }]);
      }
      expect((await world.store.audit.list({ subject: id })).items).toEqual([]);
    });

    it('end a waiting command with 3, and let one sync go with --accept-limits', async () => {
      const waited = await cli('sync', id, '--wait');
      expect(waited).toMatchObject({ code: 3 });
      expect(JSON.parse(waited.stdout)).toMatchObject({ status: 'held', planId: expect.any(String) });
      const accepted = await cli('sync', id, '--accept-limits', '--wait');
      expect(accepted).toMatchObject({ code: 0 });
      expect(JSON.parse(accepted.stdout)).toMatchObject({ status: 'completed', totals: { updated: 6 } });
      expect((await show(id)).held).toBeUndefined();
      await delivered(id);
      expect(alerts(id)).toEqual(['sync.held limits_exceeded', 'sync.released null']);
      const { items } = await world.store.audit.list({ subject: id });
      expect(items).toContainEqual(expect.objectContaining({ actor: 'admin', action: 'run.grant' }));
    });

    it('hold the next mass change again, also for a run with the id of the accepted one', async () => {
      const granted = (await world.store.reports.list(id, 1)).items[0]?.runId ?? '';
      await move(id, KEYS.slice(0, 7), 'Everett');
      await clearJournal();
      expect(await syncOver(id, {})).toMatchObject({ status: 'held', error: { code: 'limits_exceeded' } });
      expect(await syncByHand(id, {}, granted)).toMatchObject({ status: 'held', runId: granted });
      expect(await writesOf(world)).toEqual([]);
      await delivered(id);
      expect(alerts(id).slice(2)).toEqual(['sync.held limits_exceeded']);
    });

    it('let a run go that writes a plan which a person has approved', async () => {
      const { held } = await show(id);
      const plan = await world.store.plans.get(held?.['planId'] ?? '');
      const approved = await cli('approve', plan?.planId ?? '', '--hash', plan?.hash ?? '', '--wait');
      expect(approved).toMatchObject({ code: 0 });
      expect(JSON.parse(approved.stdout)).toMatchObject({ status: 'completed', totals: { updated: 7 } });
      expect((await show(id)).held).toBeUndefined();
    });
  });

  describe('near which events write', () => {
    const id = 'near';
    let ingress: ErpIngress;
    const send = async (keys: readonly string[]): Promise<void> => {
      for (const key of keys) expect(await ingress.post(ingress.event(id, key))).toMatchObject({ status: 202 });
      await ingress.handled();
    };
    const city = async (key: string) => (await edits.organization(`${id}:${key}`)).organization_fields['erp_city'];

    it('let them write up to the limit', async () => {
      await begin(id);
      expect(await world.sync(id)).toMatchObject({ status: 'completed' });
      ingress = await createErpIngress({ world, api, edits }, id);
      await move(id, KEYS.slice(0, 5), 'Renton');
      for (const key of KEYS.slice(0, 5)) await ingress.post(ingress.event(id, key));
      const isDone = async (key: string) => (await city(key)) === 'Renton';
      for (const key of KEYS.slice(0, 5)) await until(`${key} is written`, () => isDone(key));
      expect((await show(id)).held).toBeUndefined();
    });

    it('hold the write that would exceed them, and its record stays due', async () => {
      await move(id, ['A5'], 'Renton');
      await clearJournal();
      await send(['A5']);
      expect(await writesOf(world)).toEqual([]);
      expect(await edits.record(id, 'A5')).toMatchObject({ state: 'skipped', code: 'held' });
      expect((await ingress.events()).at(-1)).toMatchObject({ outcome: 'skipped' });
      expect((await show(id)).held).toMatchObject({ code: 'held', planId: null });
      const next = { connectionId: id, runId: 'next', workflowId: 'next' };
      const key = { legalEntity: id, kind: 'customer', key: 'A5' };
      expect(await world.store.dueRecords.take(next, key, 1)).toEqual({ state: 'taken' });
      await world.store.dueRecords.release('next');
    });

    it('let the next run decide, which counts what the events wrote', async () => {
      const run = await world.sync(id);
      expect(run).toMatchObject({ status: 'held', error: { code: 'limits_exceeded' } });
      expect(run.error?.message).toContain('update 6 (at most 5)');
      expect(await syncOver(id, { acceptLimits: true })).toMatchObject({ status: 'completed', totals: { updated: 1 } });
      expect(await city('A5')).toBe('Renton');
      expect((await show(id)).held).toBeUndefined();
      await move(id, ['A6'], 'Tacoma');
      await send(['A6']);
      expect(await city('A6')).toBe('Tacoma');
    });
  });

  it('count contacts before their accounts are written, and no contact of a company that is new', async () => {
    const id = 'folks';
    const contacts = Object.fromEntries(
      KEYS.map((key) => [`K${key}`, { account: key, email: `${key}@folks.example` }]),
    );
    await people.begin(id, contacts, reviewing());
    await move(id, ['A0'], 'Renton');
    for (const key of KEYS) await people.contact(id, `K${key}`, { phone: '+1 555 0100' });
    const { run, writes } = await people.observe(id);
    expect(run).toMatchObject({ status: 'held', totals: { read: 20, skipped: 20 } });
    expect(run.error?.message).toContain('update 11 (at most 10)');
    expect(writes).toEqual([]);
    expect(await syncOver(id, { acceptLimits: true })).toMatchObject({ status: 'completed', totals: { updated: 11 } });
    for (const key of KEYS) await edits.customer('folks2', key, { OrganizationName: `New ${key}` });
    await people.connect([id, 'folks2'], reviewing());
    expect(await world.sync(id)).toMatchObject({ status: 'completed', totals: { created: 10 } });
  });

  it('are replaced by an approval of every change, if the settings say so', async () => {
    const id = 'asked';
    await begin(id);
    expect(await world.sync(id)).toMatchObject({ status: 'completed' });
    await world.connect(id, (settings) => reviewing({ every: 'ask' })(readingOnly([id])(settings)));
    expect(await world.sync(id)).toMatchObject({ status: 'completed', totals: { unchanged: 10 } });
    await move(id, ['A0'], 'Renton');
    expect(await world.sync(id)).toMatchObject({ status: 'held', error: { code: 'approval_required' } });
    await delivered(id);
    expect(alerts(id)).toEqual(['sync.held approval_required']);
    const ingress = await createErpIngress({ world, api, edits }, id);
    await ingress.post(ingress.event(id, 'A0'));
    await ingress.handled();
    expect(await edits.record(id, 'A0')).toMatchObject({ state: 'skipped', code: 'held' });
    expect(await syncOver(id, { acceptLimits: true })).toMatchObject({ status: 'completed', totals: { updated: 1 } });
  });
});
