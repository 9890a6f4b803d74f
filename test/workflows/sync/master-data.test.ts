import { describe, expect, it } from '@jest/globals';
import { stop } from '../../../activities/failure.ts';
import type { Script } from '../script.ts';
import { useScriptedWorker } from '../scripted-worker.ts';
import { inSync, LEVELS, ORGANIZATIONS_ONLY, NOTHING_REFUSED, ONE_ROUND, RUN } from './scripts.ts';

const worker = useScriptedWorker();

const INPUT = { connectionId: RUN.connectionId, runId: RUN.runId };
const CHANGES = ['readZendeskChanges', 'readZendeskChanges'];
const ORGANIZATIONS = ['rankRecords', 'reserveRecords', 'judgeLimits', 'countOutcomes', 'takeOverClaims'];
const USERS = ['rankRecords', 'reserveRecords'];

/** Runs a master run of these legal entities, in sync unless `more` says something else. */
const sync = (entities: string[], more: Script = {}, input: object = {}) =>
  worker.run('syncMasterData', { ...INPUT, ...input }, { ...inSync(entities), ...more });

describe('the stages of a master run', () => {
  it('read everything, then judge the limits, and prepare and apply level by level', async () => {
    const { course, status, inputs } = await sync(['usmf', 'frrt']);
    expect(status).toBe('completed');
    expect(course).toEqual([
      ...['beginRun', 'findLegalEntities', 'child usmf read', 'child frrt read'],
      ...[...CHANGES, ...ORGANIZATIONS, 'child usmf apply', 'child frrt apply'],
      ...[...USERS, 'child usmf apply-contacts', 'child frrt apply-contacts'],
      'finishRun',
    ]);
    expect(inputs('rankRecords')).toMatchObject([{ target: 'organization' }, { target: 'user' }]);
  });

  it('give each stage of a legal entity its kinds', async () => {
    const levels = [{ target: 'organization' as const, kinds: ['customer', 'vendor'] }];
    const { inputs } = await worker.run('syncMasterData', INPUT, inSync(['usmf'], levels));
    const kinds = [{ kind: 'customer' }, { kind: 'vendor' }];
    expect(inputs('acceptReading')).toMatchObject(kinds);
    expect(inputs('planChanges')).toMatchObject(kinds.map((kind) => ({ ...kind, legalEntity: 'usmf' })));
  });

  it('compare everything that is linked when the run is full, and go on from the cursor of each page', async () => {
    const pages = [{ seen: 100, next: 'c1' }, ...Array<{ seen: number; next: null }>(2).fill({ seen: 1, next: null })];
    const { course, inputs } = await sync(
      ['usmf'],
      {
        readZendeskChanges: pages,
        compareWithZendesk: pages,
        reserveRecords: [{ next: 500 }, { next: 900 }, { next: null }, { next: null }],
      },
      { full: true },
    );
    const [changes] = CHANGES;
    const from = course.indexOf('rankRecords');
    expect(course.slice(from - 6, from)).toEqual([
      ...[changes, changes, 'compareWithZendesk', 'compareWithZendesk'],
      ...[changes, 'compareWithZendesk'],
    ]);
    expect(course.slice(-4)).toEqual([...USERS, 'child usmf apply-contacts', 'finishRun']);
    expect(inputs('readZendeskChanges')).toMatchObject([{ after: '' }, { after: 'c1', full: true }, { after: '' }]);
    expect(inputs('compareWithZendesk')).toMatchObject([{ after: '' }, { after: 'c1' }, { after: '' }]);
    expect(inputs('reserveRecords')).toMatchObject([{ after: 0 }, { after: 500 }, { after: 900 }, { after: 0 }]);
  });

  it('skip a level with no kind that was read', async () => {
    const readRecordsPage: Script['readRecordsPage'] = ({ kind }) => {
      if (kind === 'contact') throw stop('missing_privilege', 'Contacts cannot be read.');
      return { read: 1, done: true };
    };
    const { course, inputs, failure } = await sync(['usmf', 'frrt'], { readRecordsPage });
    expect(course.slice(-3)).toEqual(['child usmf apply', 'child frrt apply', 'finishRun']);
    expect(inputs('reserveRecords')).toMatchObject([{ incompleteEntities: [] }]);
    expect(failure?.code).toBe('missing_privilege');
  });

  it('leave a kind out only where it was not read', async () => {
    const readRecordsPage: Script['readRecordsPage'] = ({ kind, legalEntity }) => {
      if (kind === 'contact' && legalEntity === 'frrt') throw stop('entity_shrank', 'Too few contacts.');
      return { read: 1, done: true };
    };
    const { course } = await sync(['usmf', 'frrt'], { readRecordsPage });
    expect(course.slice(-2)).toEqual(['child usmf apply-contacts', 'finishRun']);
  });

  it('wait for bulk jobs of ended runs before the first level is applied', async () => {
    const takeOverClaims = [{ waiting: 2 }, { waiting: 0 }];
    const { course } = await worker.run('syncMasterData', INPUT, {
      ...inSync(['usmf'], ORGANIZATIONS_ONLY),
      takeOverClaims,
    });
    const wait = 'wait 5000 ms: Bulk jobs of 2 ended run(s) are still running in Zendesk';
    const from = course.indexOf('takeOverClaims');
    expect(course.slice(from, from + 4)).toEqual(['takeOverClaims', wait, 'takeOverClaims', 'child usmf apply']);
  });

  it('are repeated once for a level whose custom fields have changed', async () => {
    const { course, inputs } = await sync(['usmf'], {
      ...ONE_ROUND,
      resolveRefusals: ({ kind }) => ({ ...NOTHING_REFUSED, fieldsChanged: kind === 'contact' }),
    });
    expect(course.slice(-4)).toEqual([
      'child usmf apply-contacts',
      'planAgain',
      'child usmf apply-contacts',
      'finishRun',
    ]);
    expect(inputs('planAgain')).toEqual([{ ...RUN, workflowId: expect.any(String), kinds: ['contact'] }]);
  });
});

describe('the legal entities of a master run', () => {
  it('run four side by side', async () => {
    const entities = ['a', 'b', 'c', 'd', 'e', 'f'];
    const { events } = await worker.run('syncMasterData', INPUT, inSync(entities, ORGANIZATIONS_ONLY));
    const changes = events.map((event) => {
      if (event.startChildWorkflowExecutionInitiatedEventAttributes) return 1;
      return event.childWorkflowExecutionCompletedEventAttributes ? -1 : 0;
    });
    const running = changes.map((_, index) => changes.slice(0, index + 1).reduce<number>((sum, one) => sum + one, 0));
    expect(changes.filter((change) => change === 1)).toHaveLength(2 * entities.length);
    expect(Math.max(...running)).toBe(4);
  });

  it('are only the wanted one, however it is written', async () => {
    const { course, inputs } = await sync(
      ['usmf', 'frrt'],
      { findLegalEntities: () => ({ entities: ['usmf', 'frrt'], levels: LEVELS, neverRead: ['frrt'] }) },
      { legalEntity: 'USMF' },
    );
    expect(course.filter((step) => step.startsWith('child'))).toEqual([
      'child usmf read',
      'child usmf apply',
      'child usmf apply-contacts',
    ]);
    expect(inputs('beginRun')).toMatchObject([{ legalEntity: 'usmf' }]);
    expect(inputs('reserveRecords')).toMatchObject([
      { incompleteEntities: ['frrt'] },
      { incompleteEntities: ['frrt'] },
    ]);
  });

  it('must belong to the connection', async () => {
    const { course, failure } = await sync(['usmf'], {}, { legalEntity: 'demf' });
    expect(course).toEqual(['beginRun', 'findLegalEntities', 'finishRun']);
    expect(failure?.code).toBe('unknown_legal_entity');
    expect(failure?.message).toContain('"demf"');
  });
});
