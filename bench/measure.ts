import { Client, Connection } from '@temporalio/client';
import type { Stage } from './stage.ts';

/** What one sync of so many accounts, or contacts, cost. Memory is the worker's peak since it started, in bytes. */
export interface Measured {
  readonly records: number;
  readonly run: 'first' | 'unchanged' | '1 % changed';
  readonly zendesk: number;
  readonly dynamics: number;
  readonly entra: number;
  readonly floor: { readonly zendesk: number; readonly dynamics: number };
  readonly events: number;
  readonly seconds: number;
  readonly peakBytes: number;
  readonly settledBytes: number;
}

interface Run {
  readonly runId: string;
  readonly status: string;
  readonly totals: Readonly<Record<string, number>>;
  readonly requests: { readonly dynamics: number; readonly zendesk: number; readonly entra: number };
  readonly error: { readonly message: string } | null;
}

/** Measures the first sync of `accounts` customers, an unchanged one, and one of which every hundredth has changed. */
export async function measureAccounts(stage: Stage, accounts: number): Promise<Measured[]> {
  await stage.control('POST', '/state/dynamics/customers/generate', { legalEntity: 'usmf', count: accounts });
  const dynamics = pagesOf(accounts);
  // The first run also asks once what organizations there are.
  const created = 1 + requestsToWrite(accounts);
  return measureThree(stage, {
    records: accounts,
    floors: { first: created, unchanged: 0, '1 % changed': requestsToWrite(accounts / 100) },
    dynamics,
    change: () => changeEveryHundredth(stage, 'customers', { AddressCity: 'Renton' }),
  });
}

/** Measures the same of `contacts` contacts, ten of each account; the accounts have their organizations before. */
export async function measureContacts(stage: Stage, contacts: number): Promise<Measured[]> {
  const accounts = contacts / 10;
  await stage.control('POST', '/state/dynamics/customers/generate', { legalEntity: 'usmf', count: accounts });
  await sync(stage, `the run of ${accounts} accounts before`);
  await stage.control('POST', '/state/dynamics/contacts/generate', { legalEntity: 'usmf', count: contacts });
  return measureThree(stage, {
    records: contacts,
    floors: { first: requestsToWrite(contacts), unchanged: 0, '1 % changed': requestsToWrite(contacts / 100) },
    dynamics: pagesOf(accounts) + pagesOf(contacts),
    change: () => changeEveryHundredth(stage, 'contacts', { EmploymentJobTitle: 'Head of purchasing' }),
  });
}

/** A bulk job for each hundred, and one poll for each thirty jobs, which is as many as Zendesk runs at a time. */
function requestsToWrite(records: number): number {
  const jobs = Math.ceil(records / 100);
  return jobs + Math.ceil(jobs / 30);
}

/** F&O sends at most 10,000 rows a page. */
function pagesOf(rows: number): number {
  return Math.ceil(rows / 10_000);
}

interface ThreeRuns {
  readonly records: number;
  readonly floors: Readonly<Record<Measured['run'], number>>;
  readonly dynamics: number;
  readonly change: () => Promise<void>;
}

async function measureThree(stage: Stage, { records, floors, dynamics, change }: ThreeRuns): Promise<Measured[]> {
  const of = (run: Measured['run']) => measure(stage, { records, run, floor: { zendesk: floors[run], dynamics } });
  const measured = [await of('first'), await of('unchanged')];
  await change();
  return [...measured, await of('1 % changed')];
}

async function measure(stage: Stage, plan: Pick<Measured, 'records' | 'run' | 'floor'>): Promise<Measured> {
  const begun = performance.now();
  const run = await sync(stage, `the ${plan.run} run of ${plan.records} records`);
  const seconds = (performance.now() - begun) / 1_000;
  const { now, peak } = stage.workerMemory();
  return {
    ...plan,
    ...run.requests,
    events: await countEvents(stage, run.runId),
    seconds,
    peakBytes: peak,
    settledBytes: now,
  };
}

/** Syncs and waits for the end; `what` names the run where it has not completed, or not written what it should. */
async function sync(stage: Stage, what: string): Promise<Run> {
  const { runId } = await stage.api<{ runId: string }>('POST', '/api/connections/bench/sync', {});
  const run = await untilEnded(stage, runId);
  const { skipped = 0, rejected = 0 } = run.totals;
  if (run.status === 'completed' && skipped + rejected === 0) return run;
  throw new Error(`${what} ended as ${run.status}, ${skipped + rejected} unwritten: ${run.error?.message ?? ''}`);
}

async function untilEnded(stage: Stage, runId: string): Promise<Run> {
  for (;;) {
    const run = await stage.api<Run>('GET', `/api/runs/${runId}`);
    if (run.status !== 'running') return run;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** Adds up the history of every workflow of a run, its continuations included. */
async function countEvents(stage: Stage, runId: string): Promise<number> {
  const connection = await Connection.connect({ address: stage.temporalAddress });
  try {
    const client = new Client({ connection });
    let events = 0;
    for await (const workflow of client.workflow.list()) {
      const { firstRunId } = workflow.raw;
      const own = firstRunId === runId || workflow.runId === runId;
      if (own || workflow.workflowId.includes(runId)) events += workflow.historyLength;
    }
    return events;
  } finally {
    await connection.close();
  }
}

async function changeEveryHundredth(stage: Stage, kind: 'customers' | 'contacts', change: object): Promise<void> {
  const { items } = await stage.control<{ items: { key: string }[] }>('GET', `/state/dynamics/${kind}`);
  for (const { key } of items.filter((_item, index) => index % 100 === 0))
    await stage.control('PUT', `/state/dynamics/${kind}/usmf/${encodeURIComponent(key)}`, change);
}
