import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { REVIEW_OFF } from '../fixtures/connection-file.ts';
import type { ScheduleDescription } from '@temporalio/client';
import { closeLoopbacks, startLoopback } from '../fixtures/loopback.ts';
import { setSchedulesPaused } from '../../workers/pause-schedules.ts';
import { startApi, type RunningApi } from './running-api.ts';

const GUID = '11111111-2222-3333-4444-555555555555';
const MINUTE_MS = 60_000;

let api: RunningApi;
/** The address of a Zendesk that refuses every request: none of these tests makes one. */
let zendesk: string;
beforeAll(async () => {
  api = await startApi();
  ({ origin: zendesk } = await startLoopback(() => ({ status: 401, body: { error: 'invalid_token' } })));
});
afterAll(async () => {
  await api.close();
  await closeLoopbacks();
});

function file(id: string, change: { token?: string | null; sync?: object } = {}): object {
  const { token = 'token-1', sync = {} } = change;
  return {
    id,
    dynamics: {
      environmentUrl: 'https://contoso.operations.dynamics.com',
      tenantId: GUID,
      clientId: GUID,
      clientSecret: 'erp-secret-1',
      legalEntities: ['usmf'],
    },
    zendesk: { subdomain: 'contoso', baseUrl: zendesk, accessToken: token },
    review: REVIEW_OFF,
    sync,
  };
}

interface Applied {
  readonly connection: { readonly state: string };
  readonly left?: { readonly step: string; readonly message: string };
}

async function apply(body: object, at: RunningApi = api): Promise<Applied> {
  const answer = await at.ask('POST', '/api/connections', body);
  expect(answer.status).toBe(200);
  return answer.body as Applied;
}

const schedules = (id: string) => api.ask('GET', `/api/connections/${id}/schedule`);
const change = (id: string, body: object) => api.ask('POST', `/api/connections/${id}/schedule`, body);
const describeSchedule = (id: string): Promise<ScheduleDescription> =>
  api.services.temporal.client.schedule.getHandle(id).describe();

async function pausedOnes(id: string): Promise<boolean[]> {
  const { body } = await schedules(id);
  return (body as { items: { paused: boolean }[] }).items.map(({ paused }) => paused);
}

describe('applying a connection with a token', () => {
  it('creates its two schedules, which skip what overlaps and catch up for half an hour', async () => {
    expect(await apply(file('planned'))).not.toHaveProperty('left');
    expect((await schedules('planned')).body).toMatchObject({
      items: [
        { id: 'master-sync/planned', everyMs: 15 * MINUTE_MS, paused: false, lastAt: null },
        { id: 'support-reconcile/planned', everyMs: 15 * MINUTE_MS, paused: false, lastAt: null },
      ],
      total: 2,
    });
    const { policies, action, spec } = await describeSchedule('master-sync/planned');
    expect(policies).toMatchObject({ overlap: 'SKIP', catchupWindow: 30 * MINUTE_MS });
    expect(action).toMatchObject({
      type: 'startWorkflow',
      workflowType: 'syncMasterData',
      workflowId: 'master-sync/planned',
      taskQueue: 'ledgerdesk',
      args: [{ connectionId: 'planned' }],
    });
    expect(spec.jitter).toBe(MINUTE_MS);
    expect((await describeSchedule('support-reconcile/planned')).action).toMatchObject({
      workflowType: 'reconcileSupport',
      args: [{ connectionId: 'planned' }],
    });
  });

  it('gives them another interval when it is applied again, and leaves a paused one paused', async () => {
    await apply(file('changed'));
    await change('changed', { paused: true });
    await apply(file('changed', { sync: { every: '2h', reconcileEvery: '10m' } }));
    expect((await schedules('changed')).body).toMatchObject({
      items: [
        { everyMs: 120 * MINUTE_MS, paused: true },
        { everyMs: 10 * MINUTE_MS, paused: true },
      ],
    });
    const { spec } = await describeSchedule('support-reconcile/changed');
    expect(spec.intervals).toMatchObject([{ every: 10 * MINUTE_MS }]);
  });

  it('names every step that is left, and stores the connection all the same', async () => {
    const lonely = await startApi({ temporalAddress: '127.0.0.1:1' });
    try {
      const noSchedules = await apply(file('alone'), lonely);
      expect(noSchedules).toMatchObject({ connection: { state: 'active' } });
      expect(noSchedules.left?.step).toMatch(/^create the schedules/);
      expect(noSchedules.left?.message).toMatch(/^Temporal does not respond/);
      await lonely.services.store.connections.setState('alone', 'needs_reconnect', 'The token was refused.');
      const nothing = await apply(file('alone', { token: 'token-2' }), lonely);
      expect(nothing).toMatchObject({ connection: { state: 'active' } });
      expect(nothing.left?.step).toMatch(/^create the schedules .*, start a sync$/);
      expect(nothing.left?.message).toMatch(
        /^create the schedules .*: Temporal does not respond.* start a sync: Temporal does not respond/,
      );
      expect(JSON.stringify(nothing)).not.toContain('token-2');
    } finally {
      await lonely.close();
    }
  });
});

describe('a connection without a token', () => {
  it('has no schedules, and none can be made for it', async () => {
    expect(await apply(file('early', { token: null }))).toMatchObject({ connection: { state: 'needs_authorization' } });
    expect((await schedules('early')).body).toEqual({ items: [], total: 0 });
    expect(await change('early', { everyMs: MINUTE_MS })).toMatchObject({
      status: 409,
      body: { error: { code: 'needs_authorization' } },
    });
  });
});

describe('a connection whose credentials were rejected', () => {
  const reject = async (id: string): Promise<void> => {
    await api.services.store.connections.setState(id, 'needs_reconnect', 'The token was refused.');
    await setSchedulesPaused(api.services.temporal.client, id, true);
  };
  const workflowOf = (id: string) => api.services.temporal.client.workflow.getHandle(`master-sync/${id}`).describe();

  it('has its schedules paused, and gets them back with a sync once it is applied with new ones', async () => {
    await apply(file('back'));
    await reject('back');
    expect(await pausedOnes('back')).toEqual([true, true]);
    await apply(file('back'));
    expect(await pausedOnes('back')).toEqual([true, true]);
    await expect(workflowOf('back')).rejects.toThrow();
    expect(await apply(file('back', { token: 'token-2' }))).toMatchObject({ connection: { state: 'active' } });
    expect(await pausedOnes('back')).toEqual([false, false]);
    expect((await workflowOf('back')).status.name).toBe('RUNNING');
  });

  it('keeps paused what a person had paused before', async () => {
    await apply(file('held'));
    await change('held', { paused: true });
    await reject('held');
    await apply(file('held', { token: 'token-2' }));
    expect(await pausedOnes('held')).toEqual([true, true]);
    await setSchedulesPaused(api.services.temporal.client, 'held', false);
    expect(await pausedOnes('held')).toEqual([true, true]);
    expect((await workflowOf('held')).status.name).toBe('RUNNING');
  });

  it('keeps paused what a person pauses at the same moment, with the note, whoever is quicker', async () => {
    await apply(file('torn'));
    const { client } = api.services.temporal;
    const pausedByHand = async () => {
      for (const schedule of ['master-sync/torn', 'support-reconcile/torn'])
        await client.schedule.getHandle(schedule).pause('Paused by the admin API');
    };
    const pausedByApi = () => change('torn', { paused: true });
    for (const pausedByPerson of Array.from({ length: 5 }, () => [pausedByHand, pausedByApi]).flat()) {
      await Promise.all([setSchedulesPaused(client, 'torn', true), pausedByPerson()]);
      await setSchedulesPaused(client, 'torn', false);
      const { body } = await schedules('torn');
      expect(body).toMatchObject({ items: Array(2).fill({ paused: true, note: 'Paused by the admin API' }) });
      await change('torn', { paused: false });
    }
  });

  it('has them resumed by the run that finds that they work again', async () => {
    await apply(file('mended'));
    await reject('mended');
    await setSchedulesPaused(api.services.temporal.client, 'mended', false);
    expect(await pausedOnes('mended')).toEqual([false, false]);
  });
});

describe('the schedules of a connection', () => {
  it('are paused, resumed and given an interval, which its settings keep', async () => {
    await apply(file('led'));
    expect((await change('led', { everyMs: 60 * MINUTE_MS, paused: true })).body).toMatchObject({
      items: [
        { everyMs: 60 * MINUTE_MS, paused: true },
        { everyMs: 15 * MINUTE_MS, paused: true },
      ],
      total: 2,
    });
    expect((await api.ask('GET', '/api/connections/led')).body).toMatchObject({
      settings: { sync: { everyMs: 60 * MINUTE_MS } },
    });
    await change('led', { paused: false });
    expect(await pausedOnes('led')).toEqual([false, false]);
  });

  it.each([[{ everyMs: 59_000 }], [{ everyMs: 1.5 * MINUTE_MS + 0.5 }], [{ paused: 'yes' }], [{ every: '15m' }]])(
    'are not changed by %j',
    async (body) => {
      await apply(file('firm'));
      expect(await change('firm', body)).toMatchObject({ status: 400, body: { error: { code: 'invalid_request' } } });
      expect((await schedules('firm')).body).toMatchObject({ items: [{ everyMs: 15 * MINUTE_MS, paused: false }, {}] });
    },
  );

  it('are gone with the connection', async () => {
    await apply(file('gone'));
    await api.ask('DELETE', '/api/connections/gone');
    await expect(describeSchedule('master-sync/gone')).rejects.toThrow();
    await expect(describeSchedule('support-reconcile/gone')).rejects.toThrow();
  });
});
