import { Client, Connection } from '@temporalio/client';
import type { Stage } from './stage.ts';

/** What one sync cost. Memory is the worker's peak since it started, in bytes. */
export interface Measured {
  readonly accounts: number;
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
export async function measureSize(stage: Stage, accounts: number): Promise<Measured[]> {
  await stage.control('POST', '/state/dynamics/customers/generate', { legalEntity: 'usmf', count: accounts });
  const jobs = accounts / 100;
  const pages = Math.ceil(accounts / 10_000);
  const first = await measure(stage, {
    accounts,
    run: 'first',
    floor: { zendesk: 1 + jobs + Math.ceil(jobs / 30), dynamics: pages },
  });
  const unchanged = await measure(stage, { accounts, run: 'unchanged', floor: { zendesk: 0, dynamics: pages } });
  const changed = await changeEveryHundredth(stage);
  const changedJobs = Math.ceil(changed / 100);
  const floor = { zendesk: changedJobs + Math.ceil(changedJobs / 30), dynamics: pages };
  return [first, unchanged, await measure(stage, { accounts, run: '1 % changed', floor })];
}

async function measure(stage: Stage, plan: Pick<Measured, 'accounts' | 'run' | 'floor'>): Promise<Measured> {
  const begun = performance.now();
  const { runId } = await stage.api<{ runId: string }>('POST', '/api/connections/bench/sync', {});
  const run = await untilEnded(stage, runId);
  const seconds = (performance.now() - begun) / 1_000;
  if (run.status !== 'completed')
    throw new Error(
      `The ${plan.run} run of ${plan.accounts} accounts ended as ${run.status}: ${run.error?.message ?? ''}`,
    );
  const { now, peak } = stage.workerMemory();
  return {
    ...plan,
    ...run.requests,
    events: await countEvents(stage, runId),
    seconds,
    peakBytes: peak,
    settledBytes: now,
  };
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

async function changeEveryHundredth(stage: Stage): Promise<number> {
  const { items } = await stage.control<{ items: { key: string }[] }>('GET', '/state/dynamics/customers');
  const chosen = items.filter((_item, index) => index % 100 === 0);
  for (const { key: account } of chosen) {
    await stage.control('PUT', `/state/dynamics/customers/usmf/${encodeURIComponent(account)}`, {
      AddressCity: 'Renton',
    });
  }
  return chosen.length;
}
