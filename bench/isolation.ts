import { changeEvery } from './changes.ts';
import { startSync, sync, waitForEnd } from './runs.ts';
import type { Environment } from './environment.ts';

/**
 * The duration of a sync alone, and while another connection gets only 429. Medians of alternating runs, in seconds.
 */
export interface MeasuredIsolation {
  readonly accounts: number;
  readonly alone: number;
  readonly beside: number;
}

const PAIRS = 3;
const NEIGHBOUR = 'neighbour';

/**
 * Measures a full sync of `accounts` accounts of which a tenth has changed, three times alone and three times beside a
 * storm.
 */
export async function measureIsolation(environment: Environment, accounts: number): Promise<MeasuredIsolation> {
  const generate = { legalEntity: 'usmf', count: accounts };
  await environment.control('POST', '/state/dynamics/customers/generate', generate);
  await sync(environment, 'the first run');
  const neighbour = await environment.join(NEIGHBOUR);
  await neighbour.control('POST', '/state/dynamics/customers/generate', generate);
  await neighbour.control('POST', '/faults', STORM);
  const times = { alone: [] as number[], beside: [] as number[] };
  for (let pair = 0; pair < PAIRS; pair += 1) {
    times.alone.push(await timeOne(environment, `Alone ${pair}`));
    const runId = await startSync(environment, NEIGHBOUR);
    times.beside.push(await timeOne(environment, `Beside ${pair}`));
    await cancelNeighbour(environment, runId);
  }
  return { accounts, alone: median(times.alone), beside: median(times.beside) };
}

/** Every request to Zendesk gets 429 for longer than the measurement takes, with a Retry-After of one second. */
const STORM = { system: 'zendesk', match: { path: '.*' }, action: { kind: 'storm', seconds: 86_400, retryAfter: 1 } };

async function timeOne(environment: Environment, city: string): Promise<number> {
  await changeEvery(environment, { nth: 10, kind: 'customers', change: { AddressCity: city } });
  const startedAt = performance.now();
  await sync(environment, city, { full: true });
  return (performance.now() - startedAt) / 1_000;
}

/** Cancels the run of the neighbour. Throws if it has ended, because then it did not run during the measurement. */
async function cancelNeighbour(environment: Environment, runId: string): Promise<void> {
  const { status } = await environment.api<{ status: string }>('GET', `/api/runs/${runId}`);
  if (status !== 'running') throw new Error(`The run of the neighbour must be running, but is ${status}.`);
  await environment.api('POST', `/api/runs/${runId}/cancel`, {});
  await waitForEnd(environment, runId);
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}
