import { describe, expect, it } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import { recordCredentialHealth } from '../../../activities/operations/credential-health.ts';
import { deliverAlert, wakeAlertsIfDue } from '../../../activities/operations/deliver-alert.ts';
import { recordCredentialFailure, recordSupportFailure } from '../../../activities/operations/record-failure.ts';
import type { StepContext } from '../../../activities/dependencies.ts';
import type { Alert } from '../../../domain/operations/health.ts';
import { useConnectedStore } from '../../fixtures/connected-store.ts';
import { CONNECTION } from '../../store/kit.ts';

const REF = { connectionId: CONNECTION };

const at = useConnectedStore();

/** Returns a context whose stand-ins keep what they were told; without a receiver if `hasReceiver` is false. */
function heard({ hasReceiver = true, isDown = false } = {}) {
  const told: unknown[] = [];
  const sent: Alert[] = [];
  const sendAlert = (alert: Alert) =>
    isDown ? Promise.reject(new Error('down')) : Promise.resolve(void sent.push(alert));
  const context: StepContext = {
    ...{ store: at.store, attempt: 1, remote: () => Promise.reject(new Error('No system is asked.')) },
    ...{ isRunOver: () => Promise.resolve(false), wakeAnnotation: () => Promise.resolve() },
    setSchedulesPaused: (id, paused) => Promise.resolve(void told.push(`${id} ${paused ? 'pauses' : 'resumes'}`)),
    sendAlert: hasReceiver ? sendAlert : undefined,
    wakeAlerts: (id) => Promise.resolve(void told.push(`${id} has alerts`)),
  };
  return { context, told, sent };
}

const fail = (subject: 'sync' | 'support', code = 'entity_shrank') =>
  at.store.health.record({ ...REF, subject, problem: { code, message: `${subject} fails.` } });
const waiting = async () => (await at.store.health.nextAlert(CONNECTION))?.waiting ?? 0;
const stateOf = async () => {
  const { state, stateReason } = await at.store.connections.require(CONNECTION);
  return [state, stateReason];
};

describe('delivering alerts', () => {
  it('does nothing when none is waiting', async () => {
    const { context, sent } = heard();
    expect(await deliverAlert(context, REF)).toEqual({ subject: null, left: 0 });
    expect(sent).toEqual([]);
  });

  it('sends the oldest one, and says how many are left', async () => {
    await fail('sync');
    await fail('support');
    const { context, sent } = heard();
    expect(await deliverAlert(context, REF)).toEqual({ subject: 'sync', left: 1 });
    expect(await deliverAlert(context, REF)).toEqual({ subject: 'support', left: 0 });
    expect(sent.map(({ subject, message }) => [subject, message])).toEqual([
      ['sync', 'sync fails.'],
      ['support', 'support fails.'],
    ]);
  });

  it('keeps an alert that the receiver does not take', async () => {
    await fail('sync');
    const { context } = heard({ isDown: true });
    await expect(deliverAlert(context, REF)).rejects.toThrow('down');
    expect(await waiting()).toBe(1);
  });

  it('counts all as delivered where there is no receiver', async () => {
    await fail('sync');
    await fail('support');
    expect(await deliverAlert(heard({ hasReceiver: false }).context, REF)).toEqual({ subject: null, left: 0 });
    expect(await waiting()).toBe(0);
  });
});

describe('starting the delivery of alerts', () => {
  it('is not needed when none is waiting', async () => {
    const { context, told } = heard();
    await wakeAlertsIfDue(context, CONNECTION);
    expect(told).toEqual([]);
  });

  it('leaves them to the delivery when some are', async () => {
    await fail('sync');
    const { context, told } = heard();
    await wakeAlertsIfDue(context, CONNECTION);
    expect([told, await waiting()]).toEqual([[`${CONNECTION} has alerts`], 1]);
  });

  it('counts them as delivered where there is no receiver', async () => {
    await fail('sync');
    const { context, told } = heard({ hasReceiver: false });
    await wakeAlertsIfDue(context, CONNECTION);
    expect([told, await waiting()]).toEqual([[], 0]);
  });
});

describe('the health of the credentials', () => {
  it('is kept on the connection, and the schedules follow', async () => {
    const { context, told } = heard();
    await recordCredentialHealth(context, CONNECTION, 'Rejected.');
    expect(await stateOf()).toEqual(['needs_reconnect', 'Rejected.']);
    await recordCredentialHealth(context, CONNECTION, null);
    expect(await stateOf()).toEqual(['active', null]);
    expect(told).toEqual([`${CONNECTION} pauses`, `${CONNECTION} resumes`]);
  });

  it('leaves one alert, however often it is found', async () => {
    const { context } = heard();
    await recordCredentialHealth(context, CONNECTION, 'Rejected.');
    await recordCredentialHealth(context, CONNECTION, 'Rejected.');
    expect(await waiting()).toBe(1);
  });

  it('is not changed when the schedules cannot be paused, so that the next attempt does both', async () => {
    const { context } = heard();
    const setSchedulesPaused = () => Promise.reject(new Error('Temporal is away'));
    await expect(recordCredentialHealth({ ...context, setSchedulesPaused }, CONNECTION, 'No.')).rejects.toThrow();
    expect(await stateOf()).toEqual(['active', null]);
  });
});

describe('a step that has failed for good', () => {
  const failure = (type: string) => ApplicationFailure.nonRetryable('Why it failed.', type);

  it('says that the credentials are rejected when that was the reason', async () => {
    const { context, told } = heard();
    await recordCredentialFailure(context, REF, failure('needs_reconnect'));
    expect(await stateOf()).toEqual(['needs_reconnect', 'Why it failed.']);
    expect(told).toEqual([`${CONNECTION} pauses`, `${CONNECTION} has alerts`]);
  });

  it('says nothing when anything else was the reason', async () => {
    const { context, told } = heard();
    await recordCredentialFailure(context, REF, failure('missing_privilege'));
    expect([await stateOf(), told, await waiting()]).toEqual([['active', null], [], 0]);
  });

  it('says that support does not work when it reads support', async () => {
    const { context, told } = heard();
    await recordSupportFailure(context, REF, failure('missing_privilege'));
    const next = await at.store.health.nextAlert(CONNECTION);
    expect(next?.alert).toMatchObject({ subject: 'support', isFailing: true, code: 'missing_privilege' });
    expect([await stateOf(), told]).toEqual([['active', null], [`${CONNECTION} has alerts`]]);
  });

  it('says that the credentials are rejected, not that support does not work, when they are', async () => {
    const { context } = heard();
    await recordSupportFailure(context, REF, failure('needs_reconnect'));
    const next = await at.store.health.nextAlert(CONNECTION);
    expect([next?.alert.subject, next?.waiting]).toEqual(['credentials', 1]);
  });

  it('says nothing about support when the connection was never authorized', async () => {
    const { context, told } = heard();
    await recordSupportFailure(context, REF, failure('needs_authorization'));
    expect([told, await waiting()]).toEqual([[], 0]);
  });

  it('says nothing about support when it has no type', async () => {
    const { context, told } = heard();
    await recordSupportFailure(context, REF, ApplicationFailure.create({ message: 'No type.', nonRetryable: true }));
    expect([told, await waiting()]).toEqual([[], 0]);
  });
});
