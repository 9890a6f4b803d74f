/** A run that was started here and may not have a row of its own yet. */
export interface StartedRun {
  readonly workflowId: string;
  readonly connectionId: string;
  readonly startedAt: Date;
}

/** Remembers, in this process only, which runs it has started: until a worker has begun one, nothing else knows its id. */
export interface StartedRuns {
  remember(runId: string, run: StartedRun): void;
  get(runId: string): StartedRun | undefined;
  /** Forgets the runs of a connection that is gone. */
  forget(connectionId: string): void;
}

const MOST = 1_000;

/** Builds the memory; when it is full the oldest run is forgotten. */
export function createStartedRuns(): StartedRuns {
  const runs = new Map<string, StartedRun>();
  return {
    remember(runId, run) {
      if (runs.has(runId)) return;
      runs.set(runId, run);
      const [oldest] = runs.keys();
      if (runs.size > MOST && oldest !== undefined) runs.delete(oldest);
    },
    get: (runId) => runs.get(runId),
    forget(connectionId) {
      for (const [runId, run] of runs) if (run.connectionId === connectionId) runs.delete(runId);
    },
  };
}
