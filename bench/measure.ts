import { changeEvery } from './changes.ts';
import { countHistory } from './histories.ts';
import { sync } from './runs.ts';
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
    change: () => changeEvery(stage, { nth: 100, kind: 'customers', change: { AddressCity: 'Renton' } }),
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
    change: () =>
      changeEvery(stage, { nth: 100, kind: 'contacts', change: { EmploymentJobTitle: 'Head of purchasing' } }),
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

/** Adds up the history of every workflow of a run, its continuations included. */
function countEvents(stage: Stage, runId: string): Promise<number> {
  return countHistory(stage, ({ workflowId, memo }) => memo?.['runId'] === runId || workflowId.includes(runId));
}
