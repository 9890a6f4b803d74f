import { describe, expect, it } from '@jest/globals';
import { stop } from '../../../activities/failure.ts';
import type { PingCheck } from '../../../domain/connection/ping-check.ts';
import { SWEEP_PARTS } from '../../../domain/operations/sweep.ts';
import { CHANGED_SIGNAL } from '../../../workflows/contract.ts';
import { LONG_TEXT } from '../long-text.ts';
import { useScriptedWorker } from '../scripted-worker.ts';

const worker = useScriptedWorker();

describe('the delivery of alerts', () => {
  const INPUT = { connectionId: 'acme' };

  it('delivers one after the other until none is left', async () => {
    const started = await worker.startChanged('deliverAlerts', INPUT, {
      deliverAlert: [
        { subject: 'sync', left: 2 },
        { subject: 'support', left: 1 },
        { subject: null, left: 0 },
      ],
    });
    const { status, course, inputs, details } = await started.ended();
    expect(status).toBe('completed');
    expect(course).toEqual(['deliverAlert', 'deliverAlert', 'deliverAlert']);
    expect(inputs('deliverAlert')).toEqual([INPUT, INPUT, INPUT]);
    expect(await details()).toBe('Delivered: support; 1 left');
  });

  it('looks again when an alert arrives during the last delivery', async () => {
    const last = async (): Promise<{ subject: null; left: number }> => {
      await worker.signal(CHANGED_SIGNAL);
      return { subject: null, left: 0 };
    };
    const { course } = await worker.run('deliverAlerts', INPUT, { deliverAlert: [last, { subject: 'sync', left: 0 }] });
    expect(course).toEqual(['deliverAlert', 'deliverAlert']);
  });
});

describe('the sweep of the store', () => {
  it('deletes part after part, in batches from the cursor, and counts by part', async () => {
    const { result, inputs, summaries, details } = await worker.run(
      'sweepStore',
      {},
      {
        sweep: ({ part, after }) =>
          part === 'runs' && after !== 'r2'
            ? { erased: 100, after: after === '' ? 'r1' : 'r2' }
            : { erased: 1, after: null },
      },
    );
    expect(inputs('sweep')).toEqual([
      ...['', 'r1', 'r2'].map((after) => ({ part: 'runs', after })),
      ...SWEEP_PARTS.slice(1).map((part) => ({ part, after: '' })),
    ]);
    expect(result).toEqual({ runs: 201, events: 1, tickets: 1, audit: 1, access: 1, alerts: 1 });
    expect(new Set(summaries).size).toBe(SWEEP_PARTS.length);
    expect(await details()).toBe('Deleted: 201 runs, 1 events, 1 tickets, 1 audit, 1 access, 1 alerts');
  });

  it('continues as new after a part of a long history, without repeating the parts that it did', async () => {
    const { result, inputs, course } = await worker.run(
      'sweepStore',
      {},
      {
        sweep: ({ part }) => ({ erased: 2, after: null, ...(part === 'access' ? {} : LONG_TEXT) }),
      },
    );
    expect(inputs('sweep')).toEqual(SWEEP_PARTS.map((part) => ({ part, after: '' })));
    expect(course.indexOf('continue as new')).toBe(3);
    expect(result).toEqual(Object.fromEntries(SWEEP_PARTS.map((part) => [part, 2])));
  });

  it('fails when a part fails for good', async () => {
    const failure = { code: 'keys_do_not_fit', message: 'The keys do not fit.' };
    const ended = await worker.run(
      'sweepStore',
      {},
      { sweep: [{ erased: 1, after: null }, stop(failure.code, failure.message)] },
    );
    expect(ended.failure).toEqual(failure);
    expect(ended.course).toHaveLength(2);
  });
});

describe('the ping of a connection', () => {
  const check = (system: PingCheck['system'], status: PingCheck['status']): PingCheck => {
    return { name: `${system} check`, system, status, detail: '', fix: '' };
  };

  it.each([
    ['a sync can run when a check only warns', 'warn', true],
    ['no sync can run when a check fails', 'fail', false],
  ] as const)('says that %s', async (_title, status, ok) => {
    const dynamics = [check('entra', 'ok'), check('dynamics', 'ok')];
    const zendesk = [check('zendesk', status)];
    const { result, inputs } = await worker.run(
      'pingConnection',
      { connectionId: 'acme' },
      {
        pingSystem: ({ system }) => ({ checks: system === 'dynamics' ? dynamics : zendesk }),
      },
    );
    expect(result).toEqual({ ok, checks: [...dynamics, ...zendesk] });
    expect(inputs('pingSystem')).toHaveLength(2);
  });

  it('checks both systems side by side', async () => {
    let running = 0;
    const bothRun = new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        if (running < 2) return;
        clearInterval(timer);
        resolve();
      }, 10);
    });
    const { status, calls } = await worker.run(
      'pingConnection',
      { connectionId: 'acme' },
      {
        async pingSystem() {
          running += 1;
          await bothRun;
          return { checks: [] };
        },
      },
    );
    expect(status).toBe('completed');
    expect(calls).toHaveLength(2);
  });
});
