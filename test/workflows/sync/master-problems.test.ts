import { describe, expect, it } from '@jest/globals';
import { stop } from '../../../activities/failure.ts';
import type { Script } from '../script.ts';
import { useScriptedWorker } from '../scripted-worker.ts';
import { inSync, RUN } from './scripts.ts';

const worker = useScriptedWorker();

const INPUT = { connectionId: RUN.connectionId, runId: RUN.runId };

/** Fails for these legal entities, with a failure that is not retried. */
function failFor<Result>(failures: Readonly<Record<string, string>>, other: Result) {
  return ({ legalEntity }: { legalEntity: string }): Result => {
    const code = failures[legalEntity];
    if (code !== undefined) throw stop(code, `${legalEntity} failed with ${code}.`);
    return other;
  };
}

const sync = (entities: string[], more: Script) =>
  worker.run('syncMasterData', INPUT, { ...inSync(entities), ...more });

const childrenOf = (course: readonly string[]): string[] => course.filter((step) => step.startsWith('child'));

describe('a legal entity that cannot be read', () => {
  it('is left out, its reading is discarded, and the others are synchronized', async () => {
    const acceptReading = failFor({ usmf: 'entity_shrank' }, { records: 1 });
    const { course, inputs, failure, details } = await sync(['usmf', 'frrt'], { acceptReading });
    expect(childrenOf(course)).toEqual([
      'child usmf read',
      'child frrt read',
      'child frrt apply',
      'child frrt apply-contacts',
    ]);
    const kinds = ['customer', 'contact'];
    expect(inputs('discardReading')).toMatchObject([{ runId: 'run-1', legalEntity: 'usmf', kinds }]);
    expect(inputs('reserveRecords')).toMatchObject(Array(2).fill({ incompleteEntities: ['usmf'] }));
    expect(inputs('readAgain')).toMatchObject(Array(2).fill({ legalEntity: 'frrt', incompleteEntities: ['usmf'] }));
    const error = { code: 'entity_shrank', message: 'usmf failed with entity_shrank.' };
    expect(inputs('finishRun')).toMatchObject([{ status: 'failed', error }]);
    expect(failure).toEqual(error);
    expect(await details()).toBe('0 read\n\nusmf failed with entity_shrank.');
  });

  it('is left out when a person terminates its workflow', async () => {
    const readRecordsPage: Script['readRecordsPage'] = async ({ legalEntity }) => {
      if (legalEntity === 'usmf') await worker.terminate('legal-entity-sync/acme/usmf/run-1/read');
      return { read: 1, done: true };
    };
    const { course, inputs, failure } = await sync(['usmf', 'frrt'], { readRecordsPage });
    expect(inputs('discardReading')).toMatchObject([{ legalEntity: 'usmf' }]);
    expect(childrenOf(course)).toContain('child frrt apply-contacts');
    expect(failure?.code).toBe('failed');
  });

  it('ends the run when there is no other, with the problems of all', async () => {
    const acceptReading = failFor({ usmf: 'entity_shrank', frrt: 'missing_privilege' }, { records: 1 });
    const { course, failure } = await sync(['usmf', 'frrt'], { acceptReading });
    expect(course.slice(-3)).toEqual(['discardReading', 'discardReading', 'finishRun']);
    expect(failure?.message).toContain('usmf failed with entity_shrank.');
    expect(failure?.message).toContain('frrt failed with missing_privilege.');
  });

  it('ends the run at once when no other can succeed either', async () => {
    const entities = ['a', 'b', 'c', 'd', 'e', 'f'];
    const failures = Object.fromEntries(entities.map((entity) => [entity, 'needs_reconnect']));
    const { course, failure, inputs } = await sync(entities, {
      readRecordsPage: failFor(failures, { read: 0, done: true }),
    });
    expect(childrenOf(course)).toEqual(['a', 'b', 'c', 'd'].map((entity) => `child ${entity} read`));
    expect(inputs('discardReading')).toHaveLength(6);
    expect(course.at(-1)).toBe('finishRun');
    expect(course).not.toContain('readZendeskChanges');
    expect(failure?.code).toBe('needs_reconnect');
  });
});

describe('a legal entity that cannot be applied', () => {
  it('fails the run, and the others and the later levels are applied', async () => {
    const planChanges = failFor({ usmf: 'unexpected_answer' }, { unfinished: 0, next: null });
    const { course, inputs, failure } = await sync(['usmf', 'frrt'], { planChanges });
    expect(childrenOf(course).slice(2)).toEqual([
      ...['child usmf apply', 'child frrt apply'],
      ...['child usmf apply-contacts', 'child frrt apply-contacts'],
    ]);
    expect(failure).toEqual({ code: 'unexpected_answer', message: 'usmf failed with unexpected_answer.' });
    expect(inputs('discardReading')).toEqual([]);
  });

  it('ends the run at once when the credentials no longer work', async () => {
    const planChanges = failFor({ usmf: 'needs_reconnect' }, { unfinished: 0, next: null });
    const { course, failure } = await sync(['usmf', 'frrt'], { planChanges });
    expect(course.slice(-3)).toEqual(['child usmf apply', 'child frrt apply', 'finishRun']);
    expect(failure?.code).toBe('needs_reconnect');
  });
});

describe('a step of the run itself that fails', () => {
  it('ends the run as failed with the problem of the step', async () => {
    const rankRecords = [stop('keys_do_not_fit', 'The keys do not fit.')];
    const { course, inputs, failure } = await sync(['usmf'], { rankRecords });
    expect(course.slice(-2)).toEqual(['rankRecords', 'finishRun']);
    const error = { code: 'keys_do_not_fit', message: 'The keys do not fit.' };
    expect(inputs('finishRun')).toMatchObject([{ status: 'failed', error }]);
    expect(failure).toEqual(error);
  });

  it('fails a run whose totals do not add up', async () => {
    const error = { code: 'not_accounted_for', message: 'A record has no outcome.' };
    const totals = { read: 3, created: 1, updated: 0, adopted: 0, unchanged: 1, skipped: 0, rejected: 0, gone: 0 };
    const { inputs, failure, details } = await sync([], { finishRun: [{ totals, error }] });
    expect(inputs('finishRun')).toMatchObject([{ status: 'completed', error: null }]);
    expect(failure).toEqual(error);
    expect(await details()).toBe('3 read: 1 created, 1 unchanged\n\nA record has no outcome.');
  });
});
