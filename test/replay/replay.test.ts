import { beforeAll, describe, expect, it } from '@jest/globals';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { HELP_DESK_ORGANIZATIONS } from '../../sandbox/seed/help-desk-organizations.ts';
import { FRENCH_CUSTOMERS } from '../../sandbox/seed/french-customers.ts';
import { US_CUSTOMERS } from '../../sandbox/seed/us-customers.ts';
import { FRENCH_VENDORS, US_VENDORS } from '../../sandbox/seed/vendor-lines.ts';
import { workflowBundle } from '../../workers/bundle.ts';
import { WORKFLOW_TYPES } from '../../workflows/contract.ts';
import { historyFromJson } from './history-json.ts';
import { IMPATIENT_SCENARIOS, SCENARIOS } from './scenarios.ts';
import { readStoredHistories, type StoredEvent, type StoredHistory } from './stored-histories.ts';

const histories = await readStoredHistories();

beforeAll(() => {
  const logger = new DefaultLogger('ERROR', () => undefined);
  Runtime.install({ logger, shutdownSignals: [], telemetryOptions: { logging: { forward: {}, filter: 'OFF' } } });
});

/**
 * If one of these tests fails, a run would get stuck when its workers are replaced. Guard the change with `patched('…')`,
 * or record the histories again (`npm run replay:record`) if no such run can exist.
 */
describe.each([
  { as: 'as they are now', isTraced: false },
  { as: 'when tracing is switched on', isTraced: true },
])('the workflows $as', ({ isTraced }) => {
  let bundle: Awaited<ReturnType<typeof workflowBundle>>;

  beforeAll(async () => {
    bundle = await workflowBundle({ isTraced });
  });

  const replay = ({ name, events }: StoredHistory): Promise<void> =>
    Worker.runReplayHistory({ workflowBundle: bundle }, historyFromJson({ events }), workflowIdOf(events) ?? name);

  it.each(histories)('replay $name', async (history) => {
    await replay(history);
  });

  it.each([
    ['another step was recorded', 'ACTIVITY_TASK_SCHEDULED', { activityType: { name: 'discardReading' } }],
    ['another child was recorded', 'START_CHILD_WORKFLOW_EXECUTION_INITIATED', { workflowId: 'another' }],
  ])('do not replay a history in which %s', async (_, eventType, change) => {
    const { name, events } = requireHistory('first-sync.master-sync');
    const at = events.findIndex((event) => event.eventType === `EVENT_TYPE_${eventType}`);
    const altered = events.map((event, index) => (index === at ? alter(event, change) : event));
    await expect(replay({ name, events: altered })).rejects.toThrow(DeterminismViolationError);
  });
});

describe('the stored histories', () => {
  const texts = histories.map(({ name, events }) => ({ name, text: events.map(readable).join('\n') }));

  it('are of every workflow type', () => {
    const types = histories.map(({ events }) => attributesOf(events[0])['workflowType'] as { name: string });
    expect(new Set(types.map(({ name }) => name))).toEqual(new Set(Object.values(WORKFLOW_TYPES)));
  });

  it('are of every scenario, and of every way in which a workflow ends', () => {
    const scenarios = new Set(histories.map(({ name }) => name.split('.')[0] ?? ''));
    expect([...scenarios].sort()).toEqual([...Object.keys(SCENARIOS), ...Object.keys(IMPATIENT_SCENARIOS)].sort());
    const ends = new Set(histories.map(({ events }) => events.at(-1)?.eventType));
    const ways = ['COMPLETED', 'FAILED', 'CANCELED', 'CONTINUED_AS_NEW'];
    expect([...ends].sort()).toEqual(ways.map((way) => `EVENT_TYPE_WORKFLOW_EXECUTION_${way}`).sort());
  });

  it('contain a wait that a remote system asked for, and one that was ended early', () => {
    const limited = requireHistory('limited.apply').events.map(readable).join('\n');
    expect(limited).toContain('Zendesk asked us to wait: 30 s');
    expect(limited).toContain('Try Zendesk before its wait is over');
  });

  it('hold nothing of the people and companies of both systems, and no secret', () => {
    const accounts = [...US_CUSTOMERS, ...FRENCH_CUSTOMERS, ...US_VENDORS, ...FRENCH_VENDORS];
    const names = accounts.map(({ name, extra }) => name || String(extra?.['PersonLastName']));
    const desk = HELP_DESK_ORGANIZATIONS.map(({ name }) => name);
    const secrets = [...names, ...desk, 'Customer of', 'Customer 0', 'Seattle', 'Bearer', 'eyJ'];
    expect(secrets.length).toBeGreaterThan(80);
    for (const { name, text } of texts) {
      expect(text).toContain(name === 'kept.housekeeping' ? '"part":"' : '"connectionId":"');
      expect([name, secrets.filter((secret) => text.includes(secret))]).toEqual([name, []]);
    }
  });

  it('hold no host, process, address or path of the machine that recorded them', () => {
    const traces =
      /[\w-]+@(?!\d+\.\d+\.\d+\+)|\s\(?\/\w+\/|file:|https?:(?!\/\/ledgerdesk\.example)|localhost|\d+\.\d+\.\d+\.\d+|stackTrace/;
    for (const { name, text } of texts) expect([name, traces.exec(text)]).toEqual([name, null]);
  });
});

function requireHistory(name: string): StoredHistory {
  const found = histories.find((history) => history.name === name);
  if (!found) throw new Error(`There is no stored history ${name}: record them with npm run replay:record.`);
  return found;
}

function attributesOf(event: StoredEvent | undefined): Readonly<Record<string, unknown>> {
  const found = Object.entries(event ?? {}).find(([member]) => member.endsWith('EventAttributes'));
  return (found?.[1] ?? {}) as Readonly<Record<string, unknown>>;
}

function workflowIdOf([started]: readonly StoredEvent[]): string | undefined {
  return attributesOf(started)['workflowId'] as string | undefined;
}

function alter(event: StoredEvent, change: object): StoredEvent {
  const member = Object.keys(event).find((name) => name.endsWith('EventAttributes')) ?? '';
  return { ...event, [member]: { ...attributesOf(event), ...change } };
}

/** An event as text, with its payloads decoded. */
function readable(event: StoredEvent): string {
  return JSON.stringify(event, (member, value: unknown) =>
    member === 'data' && typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : value,
  ).replaceAll('\\"', '"');
}
