import { describe, expect, it } from '@jest/globals';
import { stop } from '../../activities/failure.ts';
import { WAKE_SIGNAL } from '../../workflows/contract.ts';
import { rateLimit, requestFailure } from './failures.ts';
import type { Script } from './script.ts';
import { useScriptedWorker } from './scripted-worker.ts';

const worker = useScriptedWorker();

const INPUT = { connectionId: 'acme', publicUrl: 'https://ledgerdesk.example' };
const WIRED = { webhookId: 'W-1', by: 'subscription' as const };
const FOREVER_MS = 3_600_000;

/** Runs the workflow that consists of one step. */
const runStep = (wireZendesk: NonNullable<Script['wireZendesk']>, more: Script = {}) =>
  worker.run('wireConnection', INPUT, { ...more, wireZendesk });

describe('a step', () => {
  it('gets the input of its workflow, and shows its summary, its limits and its connection', async () => {
    const { result, inputs, summaries, events } = await runStep([WIRED]);
    expect(result).toEqual(WIRED);
    expect(inputs('wireZendesk')).toEqual([INPUT]);
    expect(summaries).toEqual(['Create the webhook in Zendesk and store its signing secret']);
    const step = events.flatMap((event) => event.activityTaskScheduledEventAttributes ?? [])[0];
    expect(Number(step?.heartbeatTimeout?.seconds)).toBe(15);
    expect(Number(step?.startToCloseTimeout?.seconds)).toBe(600);
    expect(step?.retryPolicy?.maximumAttempts).toBe(0);
    expect(step?.priority?.fairnessKey).toBe('acme');
  });

  it('is attempted again by Temporal, without a wait of the workflow, when its failure may pass', async () => {
    const { result, course, calls } = await runStep([requestFailure('unavailable'), WIRED]);
    expect(result).toEqual(WIRED);
    expect(course).toEqual(['wireZendesk']);
    expect(calls).toHaveLength(2);
  });

  it('ends its workflow with the failure of its only attempt when that failure does not pass', async () => {
    const { failure, calls } = await runStep([stop('missing_privilege', 'The role must be admin.')]);
    expect(failure).toEqual({ code: 'missing_privilege', message: 'The role must be admin.' });
    expect(calls).toHaveLength(1);
  });
});

describe('a step that meets a rate limit', () => {
  it('is called again each time that its wait is over, with the same input', async () => {
    const limits = [rateLimit(30), rateLimit(150, 'dynamics', 'priority')];
    const started = await worker.start('wireConnection', INPUT, { wireZendesk: [...limits, WIRED] });
    const { result, course, inputs, details } = await started.ended(FOREVER_MS);
    expect(result).toEqual(WIRED);
    expect(course).toEqual([
      'wireZendesk',
      'wait 30 ms: Zendesk asked us to wait: 1 s',
      'wireZendesk',
      'wait 150 ms: Dynamics 365 asked us to wait (priority): 1 s',
      'wireZendesk',
    ]);
    expect(inputs('wireZendesk')).toEqual([INPUT, INPUT, INPUT]);
    expect(await details()).toBe('');
  });

  it('shows the reason while it waits', async () => {
    const script = { wireZendesk: [rateLimit(FOREVER_MS), WIRED], endWait: () => undefined };
    const started = await worker.start('wireConnection', INPUT, script);
    await started.waiting();
    expect(await started.details()).toBe('Zendesk asked us to wait: 3600 s');
    await worker.signal(WAKE_SIGNAL);
    expect((await started.ended()).status).toBe('completed');
  });

  it('opens the gate and is called again when a person ends the wait', async () => {
    const limits = [rateLimit(FOREVER_MS, 'zendesk', 'incremental'), WIRED];
    const { course, inputs, summaries } = await runStep(limits, { endWait: [undefined] });
    expect(course).toEqual([
      'wireZendesk',
      'wait 3600000 ms: Zendesk asked us to wait (incremental): 3600 s',
      'endWait',
      'wireZendesk',
    ]);
    expect(inputs('endWait')).toEqual([{ connectionId: 'acme', system: 'zendesk', bucket: 'incremental' }]);
    expect(summaries[1]).toBe('Try Zendesk before its wait is over, because a person asked for it');
  });

  it('is cancelled with its workflow while it waits', async () => {
    const started = await worker.start('wireConnection', INPUT, { wireZendesk: [rateLimit(FOREVER_MS)] });
    await started.waiting();
    await worker.cancel();
    const { status, course } = await started.ended(Infinity);
    expect(status).toBe('cancelled');
    expect(course).toHaveLength(2);
  });
});
