import type { Environment } from './environment.ts';

/** A run in a response of the admin API. */
export interface Run {
  readonly runId: string;
  readonly status: string;
  readonly totals: Readonly<Record<string, number>>;
  readonly requests: { readonly dynamics: number; readonly zendesk: number; readonly entra: number };
  readonly error: { readonly message: string } | null;
}

/** Starts a sync of a connection. Returns its run id. */
export async function startSync(environment: Environment, id: string, how: { full?: true } = {}): Promise<string> {
  return (await environment.api<{ runId: string }>('POST', `/api/connections/${id}/sync`, how)).runId;
}

/** Runs a sync to its end. Rejects, with `what` as the name of the run, if it fails or does not write all records. */
export async function sync(environment: Environment, what: string, how: { full?: true } = {}): Promise<Run> {
  const runId = await startSync(environment, 'bench', how);
  const run = await waitForEnd(environment, runId);
  const { skipped = 0, rejected = 0 } = run.totals;
  if (run.status === 'completed' && skipped + rejected === 0) return run;
  const reason = run.error?.message ?? `${skipped + rejected} records were not written`;
  throw new Error(`${what} ended with status ${run.status}: ${reason}`);
}

/** Waits for the end of a run. Returns the run, whatever its status. */
export async function waitForEnd(environment: Environment, runId: string): Promise<Run> {
  for (;;) {
    const run = await environment.api<Run>('GET', `/api/runs/${runId}`);
    if (run.status !== 'running') return run;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
