import { describe, expect, it } from '@jest/globals';
import { stop } from '../../../activities/failure.ts';
import { rateLimit } from '../failures.ts';
import { LONG_TEXT } from '../long-text.ts';
import { untilCancelled, type Script } from '../script.ts';
import { useScriptedWorker } from '../scripted-worker.ts';
import { APPLY, CUSTOMERS, NOTHING_LEFT, NOTHING_REFUSED, ONE_ROUND, openJobs } from './scripts.ts';

const worker = useScriptedWorker();

const READ = { ...APPLY, stage: 'read', kinds: ['customer', 'vendor'], dependentKinds: ['contact', 'worker'] };
const slice = (kind: string): object => ({ ...CUSTOMERS, kind });

/** Steps with which every kind is read in one page. */
const READABLE: Script = {
  readRecordsPage: () => ({ read: 2, done: true }),
  acceptReading: () => ({ records: 2 }),
  discardReading: () => undefined,
};

/** Answers a step only for the records of one kind. */
function onlyOf<Result>(kind: string, answer: () => Result, other: Result): (input: { kind: string }) => Result {
  return (input) => (input.kind === kind ? answer() : other);
}

const fail = (code: string) => (): never => {
  throw stop(code, `It failed with ${code}.`);
};

describe('reading a legal entity', () => {
  it('reads kind after kind, page by page, and accepts each complete reading', async () => {
    const read = [3, 2].map((count) => ({ read: count, done: count === 2 }));
    const ended = await worker.run(
      'syncLegalEntity',
      { ...READ, dependentKinds: ['contact'] },
      {
        readRecordsPage: [...read, ...read, ...read],
        acceptReading: () => ({ records: 5 }),
      },
    );
    expect(ended.course).toEqual(Array(3).fill(['readRecordsPage', 'readRecordsPage', 'acceptReading']).flat());
    const kinds = ['customer', 'vendor', 'contact'];
    expect(ended.inputs('readRecordsPage')).toEqual(kinds.flatMap((kind) => [slice(kind), slice(kind)]));
    expect(ended.inputs('acceptReading')).toEqual(kinds.map((kind) => slice(kind)));
    expect(ended.summaries.slice(0, 3)).toEqual([
      'usmf customers: read page 1 from Dynamics 365',
      'usmf customers: read page 2 from Dynamics 365',
      'usmf customers: check that the reading is complete',
    ]);
    expect(await ended.details()).toBe('usmf contacts: 5 read');
  });

  it('fails when a kind shrinks on which others depend, and reads nothing else', async () => {
    const { failure, course } = await worker.run('syncLegalEntity', READ, {
      ...READABLE,
      acceptReading: fail('entity_shrank'),
    });
    expect(failure).toEqual({ code: 'entity_shrank', message: 'It failed with entity_shrank.' });
    expect(course).toEqual(['readRecordsPage', 'acceptReading']);
  });

  it('discards the reading of a dependent kind that fails, reports its problem, and reads the next kind', async () => {
    const { status, result, inputs } = await worker.run('syncLegalEntity', READ, {
      ...READABLE,
      acceptReading: onlyOf('contact', fail('entity_shrank'), { records: 2 }),
    });
    expect(status).toBe('completed');
    const problem = { code: 'entity_shrank', message: 'It failed with entity_shrank.' };
    expect(result).toEqual({ waitedMs: 0, fieldsChanged: false, notRead: [{ kind: 'contact', problem }] });
    expect(inputs('discardReading')).toEqual([{ ...slice('contact'), kinds: ['contact'] }]);
    expect(inputs('acceptReading').at(-1)).toEqual(slice('worker'));
  });

  it('fails when a dependent kind fails in a way that ends the run', async () => {
    const readRecordsPage = onlyOf('contact', fail('needs_reconnect'), { read: 1, done: true });
    const { failure, inputs } = await worker.run('syncLegalEntity', READ, { ...READABLE, readRecordsPage });
    expect(failure?.code).toBe('needs_reconnect');
    expect(inputs('discardReading')).toEqual([]);
    expect(inputs('readRecordsPage').at(-1)).toEqual(slice('contact'));
  });

  it('continues as new between two pages, with the time that it has waited', async () => {
    const page = { read: 1, done: false, ...LONG_TEXT };
    const { status, course, inputs, result } = await worker.run(
      'syncLegalEntity',
      { ...READ, waitedMs: 1_000_000 },
      {
        ...READABLE,
        readRecordsPage: [
          rateLimit(100),
          page,
          page,
          page,
          ...Array<typeof page>(4).fill({ ...page, done: true, filler: '' }),
        ],
      },
    );
    expect(status).toBe('completed');
    const pages = Array<string>(3).fill('readRecordsPage');
    const wait = 'wait 100 ms: Zendesk asked us to wait: 1 s';
    expect(course.slice(0, 7)).toEqual(['readRecordsPage', wait, ...pages, 'continue as new', 'readRecordsPage']);
    expect(inputs('readRecordsPage')[4]).toEqual(slice('customer'));
    expect(result?.waitedMs).toBeGreaterThanOrEqual(1_000_100);
  });
});

describe('applying a legal entity', () => {
  it('applies kind after kind, and reports that fields have changed for any of them', async () => {
    const { course, result } = await worker.run(
      'syncLegalEntity',
      { ...APPLY, kinds: ['customer', 'vendor'] },
      {
        ...ONE_ROUND,
        resolveRefusals: onlyOf('customer', () => ({ ...NOTHING_REFUSED, fieldsChanged: true }), NOTHING_REFUSED),
      },
    );
    expect(course).toEqual(
      Array(2).fill(['planChanges', 'submitJobs', 'completeRecords', 'resolveRefusals', 'readAgain']).flat(),
    );
    expect(result).toEqual({ waitedMs: 0, notRead: [], fieldsChanged: true });
  });

  it('continues as new before a page is planned, and plans from the first page again', async () => {
    const page = { unfinished: 1, next: 'A-9', ...LONG_TEXT };
    const { status, course, inputs } = await worker.run('syncLegalEntity', APPLY, {
      ...ONE_ROUND,
      planChanges: [page, page, page, { unfinished: 1, next: null }],
    });
    expect(status).toBe('completed');
    expect(course.slice(2, 6)).toEqual(['planChanges', 'continue as new', 'planChanges', 'submitJobs']);
    expect(inputs('planChanges').at(-1)).toEqual({ ...CUSTOMERS, after: '' });
  });

  it('continues as new before a submission, although jobs are open', async () => {
    const open = { ...openJobs(1), ...LONG_TEXT };
    const { status, course } = await worker.run('syncLegalEntity', APPLY, {
      ...ONE_ROUND,
      submitJobs: [open, open, open, NOTHING_LEFT],
      pollJobs: () => ({ open: 1, ended: 0 }),
    });
    expect(status).toBe('completed');
    const wait = 'wait 4000 ms: Zendesk is working on 1 job(s)';
    expect(course.slice(7, 13)).toEqual([
      'submitJobs',
      wait,
      'pollJobs',
      'continue as new',
      'planChanges',
      'submitJobs',
    ]);
  });
});

describe('a cancelled legal entity', () => {
  /** Applies changes whose first poll is cancelled, after which `pollJobs` answers this. */
  const cancelDuringPoll = (later: () => { open: number; ended: number }) => {
    let polls = 0;
    const pollJobs = async (): Promise<{ open: number; ended: number }> => {
      if (polls++ > 0) return later();
      await worker.cancel();
      return untilCancelled();
    };
    return worker.run(
      'syncLegalEntity',
      { ...APPLY, kinds: ['customer', 'vendor'] },
      {
        ...ONE_ROUND,
        submitJobs: () => openJobs(1),
        pollJobs,
        clarifyJobs: () => ({ waiting: 0 }),
        recordJobs: () => ({ recorded: 1 }),
      },
    );
  };

  it('still waits for its open jobs and records them, submits nothing, and ends as cancelled', async () => {
    const answers = [
      { open: 2, ended: 0 },
      { open: 1, ended: 1 },
      { open: 0, ended: 1 },
    ];
    const { status, course, inputs } = await cancelDuringPoll(() => answers.shift() ?? { open: 0, ended: 0 });
    expect(status).toBe('cancelled');
    expect(course.slice(course.indexOf('clarifyJobs'))).toEqual([
      'clarifyJobs',
      'pollJobs',
      'wait 1000 ms: 2 job(s) still running in Zendesk',
      ...['pollJobs', 'recordJobs'],
      'wait 2000 ms: 1 job(s) still running in Zendesk',
      ...['pollJobs', 'recordJobs'],
    ]);
    expect(inputs('recordJobs')).toEqual([CUSTOMERS, CUSTOMERS]);
  });

  it('does not wait for ever for a job that does not end', async () => {
    const { status, course } = await cancelDuringPoll(() => ({ open: 1, ended: 0 }));
    expect(status).toBe('cancelled');
    const drain = course.slice(course.indexOf('clarifyJobs') + 1);
    const waits = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];
    expect(drain.slice(0, 12)).toEqual(
      waits.flatMap((ms) => ['pollJobs', `wait ${ms} ms: 1 job(s) still running in Zendesk`]),
    );
  });
});
