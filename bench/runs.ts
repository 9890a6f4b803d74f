import type { Stage } from './stage.ts';

/** A run as the admin API shows it. */
export interface Run {
  readonly runId: string;
  readonly status: string;
  readonly totals: Readonly<Record<string, number>>;
  readonly requests: { readonly dynamics: number; readonly zendesk: number; readonly entra: number };
  readonly error: { readonly message: string } | null;
}

/** Starts a sync of a connection; answers its run id. */
export async function startSync(stage: Stage, id: string, how: { full?: true } = {}): Promise<string> {
  return (await stage.api<{ runId: string }>('POST', `/api/connections/${id}/sync`, how)).runId;
}

/** Syncs and waits for the end; `what` names the run where it has not completed, or not written what it should. */
export async function sync(stage: Stage, what: string, how: { full?: true } = {}): Promise<Run> {
  const runId = await startSync(stage, 'bench', how);
  const run = await untilEnded(stage, runId);
  const { skipped = 0, rejected = 0 } = run.totals;
  if (run.status === 'completed' && skipped + rejected === 0) return run;
  throw new Error(`${what} ended as ${run.status}, ${skipped + rejected} unwritten: ${run.error?.message ?? ''}`);
}

/** Waits for the end of a run and answers it, however it ended. */
export async function untilEnded(stage: Stage, runId: string): Promise<Run> {
  for (;;) {
    const run = await stage.api<Run>('GET', `/api/runs/${runId}`);
    if (run.status !== 'running') return run;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
