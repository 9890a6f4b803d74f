import { changeEvery } from './changes.ts';
import { startSync, sync, untilEnded } from './runs.ts';
import type { Stage } from './stage.ts';

/** How long a sync takes alone, and while another connection is answered nothing but 429; medians of alternating runs, in seconds. */
export interface MeasuredIsolation {
  readonly accounts: number;
  readonly alone: number;
  readonly beside: number;
}

const PAIRS = 3;
const NEIGHBOUR = 'neighbour';

/** Times a full comparison of `accounts` accounts of which a tenth has changed, three times alone and three times beside a storm. */
export async function measureIsolation(stage: Stage, accounts: number): Promise<MeasuredIsolation> {
  const generate = { legalEntity: 'usmf', count: accounts };
  await stage.control('POST', '/state/dynamics/customers/generate', generate);
  await sync(stage, 'the run before');
  const neighbour = await stage.join(NEIGHBOUR);
  await neighbour.control('POST', '/state/dynamics/customers/generate', generate);
  await neighbour.control('POST', '/faults', STORM);
  const times = { alone: [] as number[], beside: [] as number[] };
  for (let pair = 0; pair < PAIRS; pair += 1) {
    times.alone.push(await timeOne(stage, `Alone ${pair}`));
    const runId = await startSync(stage, NEIGHBOUR);
    times.beside.push(await timeOne(stage, `Beside ${pair}`));
    await cancelWaiting(stage, runId);
  }
  return { accounts, alone: median(times.alone), beside: median(times.beside) };
}

/** Every request to Zendesk is answered 429 for longer than the measurement takes; each second it may be asked again. */
const STORM = { system: 'zendesk', match: { path: '.*' }, action: { kind: 'storm', seconds: 86_400, retryAfter: 1 } };

async function timeOne(stage: Stage, city: string): Promise<number> {
  await changeEvery(stage, { nth: 10, kind: 'customers', change: { AddressCity: city } });
  const begun = performance.now();
  await sync(stage, city, { full: true });
  return (performance.now() - begun) / 1_000;
}

/** Cancels the run of the neighbour. One that had ended before would have disturbed nobody. */
async function cancelWaiting(stage: Stage, runId: string): Promise<void> {
  const { status } = await stage.api<{ status: string }>('GET', `/api/runs/${runId}`);
  if (status !== 'running') throw new Error(`The run of the neighbour, which should have waited, is ${status}.`);
  await stage.api('POST', `/api/runs/${runId}/cancel`, {});
  await untilEnded(stage, runId);
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}
