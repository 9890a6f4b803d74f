import type { RunReport } from '../../store/sync/run-reports.ts';
import { run } from './responses/run.ts';
import { endpoint } from './endpoint.ts';
import { findRun, runId } from './find-run.ts';
import { describeRefusal, isAwaited, type Coded } from './unconfirmed.ts';

/** Defines the endpoint `GET /api/runs/{runId}`. */
export const showRun = endpoint({
  method: 'get',
  path: '/runs/{runId}',
  name: 'showRun',
  summary: 'Returns a run. While it is running, the counts are current.',
  scope: 'read',
  params: { runId },
  response: run,
  errors: [404],
  handle:
    (deps) =>
    async ({ params }): Promise<RunReport & { readonly waits?: readonly Coded[] }> => {
      const report = await findRun(deps, params.runId);
      if (report.status !== 'running') return report;
      const refusals = await deps.services.store.refusals.unconfirmed(report.connectionId);
      const waits = refusals.filter(isAwaited).map(describeRefusal);
      return waits.length === 0 ? report : { ...report, waits };
    },
});
