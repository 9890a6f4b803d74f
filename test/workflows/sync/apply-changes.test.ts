import { describe, expect, it } from '@jest/globals';
import { stop } from '../../../activities/failure.ts';
import type { Script } from '../script.ts';
import { useScriptedWorker } from '../scripted-worker.ts';
import { APPLY, CUSTOMERS, NO_ANSWER, NOTHING_LEFT, NOTHING_REFUSED, ONE_ROUND, openJobs } from './scripts.ts';

const worker = useScriptedWorker();

const apply = (script: Script, incompleteEntities: readonly string[] = []) =>
  worker.run('syncLegalEntity', { ...APPLY, incompleteEntities }, script);

/** Applies changes with these answers of `submitJobs`, and returns what happened from the first submission on. */
async function write(submitJobs: NonNullable<Script['submitJobs']>, more: Script = {}): Promise<readonly string[]> {
  const { course, status } = await apply({ ...ONE_ROUND, recordJobs: () => ({ recorded: 1 }), ...more, submitJobs });
  expect(status).toBe('completed');
  expect(course.slice(-3)).toEqual(['completeRecords', 'resolveRefusals', 'readAgain']);
  return course.slice(1, -3);
}

describe('applying the changes of a slice', () => {
  it('ends after the plan when nothing has changed', async () => {
    const { result, course, inputs } = await apply(
      { planChanges: [{ unfinished: 0, next: null }], readAgain: [{ records: 0 }] },
      ['frrt'],
    );
    expect(course).toEqual(['planChanges', 'readAgain']);
    expect(result).toEqual({ waitedMs: 0, notRead: [], fieldsChanged: false });
    expect(inputs('readAgain')).toEqual([{ ...CUSTOMERS, incompleteEntities: ['frrt'] }]);
  });

  it('plans page by page, and writes if the last page leaves operations open', async () => {
    const { course, inputs } = await apply({
      ...ONE_ROUND,
      planChanges: [
        { unfinished: 0, next: 'A-2' },
        { unfinished: 2, next: 'A-4' },
        { unfinished: 3, next: null },
      ],
    });
    expect(inputs('planChanges')).toEqual(['', 'A-2', 'A-4'].map((after) => ({ ...CUSTOMERS, after })));
    expect(course.slice(3)).toEqual(['submitJobs', 'completeRecords', 'resolveRefusals', 'readAgain']);
  });

  it('completes records and resolves refusals until none is left', async () => {
    const { course, inputs } = await apply(
      {
        ...ONE_ROUND,
        completeRecords: [{ left: 2 }, { left: 1 }, { left: 0 }],
        resolveRefusals: [{ ...NOTHING_REFUSED, left: 1 }, NOTHING_REFUSED],
      },
      ['frrt'],
    );
    expect(course.filter((step) => step === 'completeRecords')).toHaveLength(3);
    expect(inputs('resolveRefusals')).toEqual(Array(2).fill({ ...CUSTOMERS, incompleteEntities: ['frrt'] }));
    expect(course.at(-1)).toBe('readAgain');
  });

  it('starts again from the first page when refused records were planned again', async () => {
    const { course, inputs, result } = await apply({
      ...ONE_ROUND,
      resolveRefusals: [
        { left: 1, planned: 2, fieldsChanged: true },
        NOTHING_REFUSED,
        { left: 0, planned: 1, fieldsChanged: false },
        NOTHING_REFUSED,
      ],
    });
    const write = ['planChanges', 'submitJobs', 'completeRecords', 'resolveRefusals'];
    expect(course).toEqual([...write, 'resolveRefusals', ...write, ...write, 'readAgain']);
    expect(inputs('planChanges')).toEqual(Array(3).fill({ ...CUSTOMERS, after: '' }));
    expect(result?.fieldsChanged).toBe(true);
  });

  it('starts again when records were read again, until none was', async () => {
    const { course } = await apply({
      planChanges: () => ({ unfinished: 0, next: null }),
      readAgain: [{ records: 3 }, { records: 1 }, { records: 0 }],
    });
    expect(course).toEqual(Array(3).fill(['planChanges', 'readAgain']).flat());
  });

  it('stops when a step fails for good', async () => {
    const failure = stop('needs_reconnect', 'Connect Zendesk again.');
    const ended = await apply({ ...ONE_ROUND, completeRecords: [failure] });
    expect(ended.failure).toEqual({ code: 'needs_reconnect', message: 'Connect Zendesk again.' });
    expect(ended.course).toEqual(['planChanges', 'submitJobs', 'completeRecords']);
  });
});

describe('writing to Zendesk', () => {
  it('waits before each poll, longer while no job ends, and records the jobs that have ended', async () => {
    const ended = [0, 0, 0, 0, 0, 0, 0, 1, 1].map((count) => ({ open: 0, ended: count }));
    const submissions = [...Array<typeof NOTHING_LEFT>(9).fill(openJobs(2)), NOTHING_LEFT];
    const course = await write(submissions, { pollJobs: ended });
    const poll = (ms: number): string[] => ['submitJobs', `wait ${ms} ms: Zendesk is working on 2 job(s)`, 'pollJobs'];
    const quiet = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 30_000, 30_000].flatMap(poll);
    expect(course).toEqual([...quiet, 'recordJobs', ...poll(1_000), 'recordJobs', 'submitJobs']);
  });

  it('submits further rows at once when the next step can, and polls first when jobs are open', async () => {
    const course = await write(
      [{ ...NOTHING_LEFT, left: true, more: true }, { ...openJobs(1), left: true, more: true }, NOTHING_LEFT],
      { pollJobs: [{ open: 0, ended: 0 }] },
    );
    const wait = 'wait 1000 ms: Zendesk is working on 1 job(s)';
    expect(course).toEqual(['submitJobs', 'submitJobs', wait, 'pollJobs', 'submitJobs']);
  });

  it('waits while the jobs of other slices fill the connection', async () => {
    const course = await write([{ ...NOTHING_LEFT, left: true }, NOTHING_LEFT]);
    const wait = 'wait 3000 ms: The maximum number of bulk jobs of this connection is running in Zendesk';
    expect(course).toEqual(['submitJobs', wait, 'submitJobs']);
  });

  it('clarifies a lost answer at once, and waits until the job can no longer be running', async () => {
    const course = await write([NO_ANSWER, NOTHING_LEFT], { clarifyJobs: [{ waiting: 2 }, { waiting: 0 }] });
    const wait = 'wait 2000 ms: A job whose answer was lost may still be running in Zendesk';
    expect(course).toEqual(['submitJobs', 'clarifyJobs', wait, 'clarifyJobs', 'submitJobs']);
  });

  it('waits longer with every further lost answer, until one comes', async () => {
    const submissions = [NO_ANSWER, NO_ANSWER, NO_ANSWER, openJobs(1), NO_ANSWER, NOTHING_LEFT];
    const course = await write(submissions, {
      clarifyJobs: () => ({ waiting: 0 }),
      pollJobs: [{ open: 0, ended: 0 }],
    });
    expect(course.filter((step) => step.startsWith('wait'))).toEqual([
      'wait 1000 ms: Zendesk does not answer write requests',
      'wait 2000 ms: Zendesk does not answer write requests',
      'wait 1000 ms: Zendesk is working on 1 job(s)',
    ]);
    expect(course.slice(-3)).toEqual(['submitJobs', 'clarifyJobs', 'submitJobs']);
  });
});
