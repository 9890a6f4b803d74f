import { afterAll, beforeAll } from '@jest/globals';
import { Connection, WorkflowFailedError, type Client } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { ensureSearchAttributes } from '../../runtime/temporal/search-attributes.ts';
import { workflowBundle } from '../../workers/bundle.ts';
import { createWorker } from '../../workers/create-worker.ts';
import { CHANGED_SIGNAL, WAKE_SIGNAL, type Problem } from '../../workflows/contract.ts';
import type * as workflows from '../../workflows/index.ts';
import { problemOf } from '../../workflows/problem.ts';
import { SEARCH_ATTRIBUTE_NAMES } from '../../workflows/search-attributes.ts';
import { startOptions, type ConnectionInput, type StartOptions } from '../../workflows/start-options.ts';
import { openNamespace } from '../fixtures/world.ts';
import { courseOf, followHistory, stepsAndChildren, summaryOf, timerMs, type HistoryEvent } from './history.ts';
import { createScriptedActivities, type Call, type Performance, type Script } from './script.ts';

type Types = typeof workflows;
type InputOf<Type extends keyof Types> = NonNullable<Parameters<Types[Type]>[0]>;
type ResultOf<Type extends keyof Types> = Awaited<ReturnType<Types[Type]>>;

/** A workflow that has ended. */
export interface Ended<Result> {
  readonly status: 'completed' | 'failed' | 'cancelled';
  readonly result: Result | undefined;
  /** The problem of a failed workflow: type and message of the failure that caused it. */
  readonly failure: Problem | undefined;
  /** What the workflow did, in order (`courseOf`). Attempts of one step are one entry. */
  readonly course: readonly string[];
  /** The summaries of its steps and children, in order. */
  readonly summaries: readonly string[];
  readonly events: readonly HistoryEvent[];
  /** The attempts of the steps, also of children, in order. */
  readonly calls: readonly Call[];
  /** The inputs of a step, also in children, in order. */
  inputs(step: Call['step']): readonly unknown[];
  /** Returns the details that the Web UI shows at the end. */
  details(): Promise<string>;
}

/** A workflow that has started. */
export interface Started<Result> {
  readonly workflowId: string;
  /** Id of its first execution. */
  readonly runId: string;
  /** Waits until it has started a timer. */
  waiting(): Promise<void>;
  /** Returns the details that the Web UI shows now. */
  details(): Promise<string>;
  /**
   * Waits until it has ended. A wait of more than `patienceMs` is ended by the signal `wake`, as a person ends it; it
   * is in the history with its full duration.
   */
  ended(patienceMs?: number): Promise<Ended<Result>>;
}

/** A worker that runs the product's workflows, whose steps do what the script of a test says. */
export interface ScriptedWorker {
  /** Runs a workflow to its end. */
  run<Type extends keyof Types>(type: Type, input: InputOf<Type>, script: Script): Promise<Ended<ResultOf<Type>>>;
  /** Starts a workflow. Only one can run at a time. */
  start<Type extends keyof Types>(type: Type, input: InputOf<Type>, script: Script): Promise<Started<ResultOf<Type>>>;
  /** Sends the signal `changed` to a workflow that it starts, as the product wakes annotations and alerts. */
  startChanged<Type extends keyof Types>(
    type: Type,
    input: InputOf<Type>,
    script: Script,
  ): Promise<Started<ResultOf<Type>>>;
  /** Starts a workflow with nothing else than its input, as Temporal's own tools do. */
  startByHand<Type extends keyof Types>(
    type: Type,
    input: InputOf<Type>,
    script: Script,
  ): Promise<Started<ResultOf<Type>>>;
  /** Sends a signal to the current workflow. */
  signal(name: string): Promise<void>;
  /** Requests that the current workflow is cancelled. */
  cancel(): Promise<void>;
  /** Terminates a workflow, which may be a child. */
  terminate(workflowId: string): Promise<void>;
}

const PATIENCE_MS = 200;

/** A workflow under way, with its script and the attempts of its steps. */
interface Current extends Performance {
  readonly workflowId: string;
}

/** Starts a worker for the tests of a file, in a namespace of its own, and stops it after them. */
export function useScriptedWorker(): ScriptedWorker {
  const state: { opened?: OpenedWorker; current?: Current; count: number } = { count: 0 };
  const client = (): Client => {
    if (state.opened === undefined) throw new Error('The worker has not started yet.');
    return state.opened.client;
  };
  beforeAll(async () => {
    state.opened = await openWorker(() => state.current ?? { script: {}, calls: [] });
  });
  afterAll(() => state.opened?.close());
  const startBy =
    (begin: (type: string, options: StartOptions<ConnectionInput>) => Promise<string>): ScriptedWorker['start'] =>
    async (type, input, script) => {
      const workflowId = `${type}/${(state.count += 1)}`;
      const current = { script, calls: [], workflowId };
      state.current = current;
      const options = startOptions({ workflowId, input: { connectionId: 'none', ...input }, summary: type });
      const runId = await begin(type, options);
      return {
        ...{ workflowId, runId },
        waiting: () => waiting(client(), { workflowId, runId }),
        details: () => detailsOf(client(), workflowId),
        ended: async (patienceMs = PATIENCE_MS) => end(client(), { ...current, runId }, patienceMs),
      };
    };
  const start = startBy(async (type, options) => (await client().workflow.start(type, options)).firstExecutionRunId);
  return {
    start,
    startChanged: startBy(async (type, options) => {
      const signalled = { ...options, signal: CHANGED_SIGNAL, signalArgs: [] };
      return (await client().workflow.signalWithStart(type, signalled)).signaledRunId;
    }),
    startByHand: startBy(async (type, { workflowId, taskQueue, args }) => {
      return (await client().workflow.start(type, { workflowId, taskQueue, args })).firstExecutionRunId;
    }),
    signal: (name) =>
      client()
        .workflow.getHandle(state.current?.workflowId ?? '')
        .signal(name),
    run: async (type, input, script) => (await start(type, input, script)).ended(),
    terminate: async (workflowId) => {
      await client().workflow.getHandle(workflowId).terminate();
    },
    cancel: async () => {
      await client()
        .workflow.getHandle(state.current?.workflowId ?? '')
        .cancel();
    },
  };
}

async function end<Result>(
  client: Client,
  current: Current & { runId: string },
  patienceMs: number,
): Promise<Ended<Result>> {
  const { workflowId, calls } = current;
  const handle = client.workflow.getHandle(workflowId);
  const events: HistoryEvent[] = [];
  for await (const event of followHistory(client, current)) {
    events.push(event);
    if ((timerMs(event) ?? 0) > patienceMs) await handle.signal(WAKE_SIGNAL).catch(() => undefined);
  }
  const last = events.at(-1);
  const ended = await handle.result().then(
    (result: Result) => ({ result, failure: undefined }),
    (error: unknown) => ({
      result: undefined,
      failure: problemOf(error instanceof WorkflowFailedError ? error.cause : error),
    }),
  );
  return {
    ...ended,
    status: last?.workflowExecutionCompletedEventAttributes
      ? 'completed'
      : last?.workflowExecutionCanceledEventAttributes
        ? 'cancelled'
        : 'failed',
    course: courseOf(events),
    summaries: stepsAndChildren(events).map(summaryOf),
    events,
    calls,
    inputs: (step) => calls.filter((call) => call.step === step).map(({ input }) => input),
    details: () => detailsOf(client, workflowId),
  };
}

async function waiting(client: Client, at: { workflowId: string; runId: string }): Promise<void> {
  for await (const event of followHistory(client, at)) if (timerMs(event) !== undefined) return;
}

async function detailsOf(client: Client, workflowId: string): Promise<string> {
  const handle = client.workflow.getHandle(workflowId);
  return (await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata')).currentDetails;
}

interface OpenedWorker {
  readonly client: Client;
  close(): Promise<void>;
}

async function openWorker(current: () => Performance): Promise<OpenedWorker> {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' } } },
    shutdownSignals: [],
  });
  const [{ client, namespace, close }, bundle] = await Promise.all([openNamespace(), workflowBundle()]);
  const address = process.env['TEST_TEMPORAL_ADDRESS'] ?? '';
  const [connection, operator] = await Promise.all([
    NativeConnection.connect({ address }),
    Connection.connect({ address }),
  ]);
  await ensureSearchAttributes(operator, namespace, SEARCH_ATTRIBUTE_NAMES);
  const worker = await createWorker({
    ...{ connection, namespace },
    activities: createScriptedActivities(current),
    workflowBundle: bundle,
    dataConverter: {},
    overrides: { maxHeartbeatThrottleInterval: '50 milliseconds' },
  });
  const run = worker.run();
  return {
    client,
    async close() {
      worker.shutdown();
      await run;
      await Promise.all([connection.close(), operator.close(), close()]);
    },
  };
}
