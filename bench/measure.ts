import { changeEvery } from './changes.ts';
import { countHistory } from './histories.ts';
import { sync } from './runs.ts';
import type { Environment } from './environment.ts';

/**
 * The cost of one sync of accounts or contacts. Memory is in bytes: the worker's peak since its start, and after the
 * run.
 */
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
  readonly afterBytes: number;
}

/**
 * Measures the first sync of `accounts` customers, one without changes, and one after a change of every hundredth
 * customer.
 */
export async function measureAccounts(environment: Environment, accounts: number): Promise<Measured[]> {
  await environment.control('POST', '/state/dynamics/customers/generate', { legalEntity: 'usmf', count: accounts });
  const dynamics = pagesOf(accounts);
  // The first run also reads once which organizations exist.
  const created = 1 + requestsToWrite(accounts);
  return measureThree(environment, {
    records: accounts,
    floors: { first: created, unchanged: 0, '1 % changed': requestsToWrite(accounts / 100) },
    dynamics,
    change: () => changeEvery(environment, { nth: 100, kind: 'customers', change: { AddressCity: 'Renton' } }),
  });
}

/** Measures the same for `contacts` contacts, ten per account. The accounts get their organizations before. */
export async function measureContacts(environment: Environment, contacts: number): Promise<Measured[]> {
  const accounts = contacts / 10;
  await environment.control('POST', '/state/dynamics/customers/generate', { legalEntity: 'usmf', count: accounts });
  await sync(environment, `the sync of ${accounts} accounts`);
  await environment.control('POST', '/state/dynamics/contacts/generate', { legalEntity: 'usmf', count: contacts });
  return measureThree(environment, {
    records: contacts,
    floors: { first: requestsToWrite(contacts), unchanged: 0, '1 % changed': requestsToWrite(contacts / 100) },
    dynamics: pagesOf(accounts) + pagesOf(contacts),
    change: () =>
      changeEvery(environment, { nth: 100, kind: 'contacts', change: { EmploymentJobTitle: 'Head of purchasing' } }),
  });
}

/** One bulk job per hundred records, and one poll per thirty jobs, which is Zendesk's limit of concurrent jobs. */
function requestsToWrite(records: number): number {
  const jobs = Math.ceil(records / 100);
  return jobs + Math.ceil(jobs / 30);
}

/** F&O sends at most 10,000 rows per page. */
function pagesOf(rows: number): number {
  return Math.ceil(rows / 10_000);
}

interface ThreeRuns {
  readonly records: number;
  readonly floors: Readonly<Record<Measured['run'], number>>;
  readonly dynamics: number;
  readonly change: () => Promise<void>;
}

async function measureThree(
  environment: Environment,
  { records, floors, dynamics, change }: ThreeRuns,
): Promise<Measured[]> {
  const of = (run: Measured['run']) =>
    measure(environment, { records, run, floor: { zendesk: floors[run], dynamics } });
  const measured = [await of('first'), await of('unchanged')];
  await change();
  return [...measured, await of('1 % changed')];
}

async function measure(environment: Environment, plan: Pick<Measured, 'records' | 'run' | 'floor'>): Promise<Measured> {
  const startedAt = performance.now();
  const run = await sync(environment, `the ${plan.run} run of ${plan.records} records`);
  const seconds = (performance.now() - startedAt) / 1_000;
  const { now, peak } = environment.workerMemory();
  return {
    ...plan,
    ...run.requests,
    events: await countEvents(environment, run.runId),
    seconds,
    peakBytes: peak,
    afterBytes: now,
  };
}

/** Returns the number of events in all histories of a run, including those after continue-as-new. */
function countEvents(environment: Environment, runId: string): Promise<number> {
  return countHistory(environment, ({ workflowId, memo }) => memo?.['runId'] === runId || workflowId.includes(runId));
}
