import { DefaultLogger, makeTelemetryFilterString, Runtime, type TelemetryOptions } from '@temporalio/worker';
import type { Log } from '../runtime/log/log.ts';
import { REQUEST_BUCKETS } from './request-metrics.ts';

/**
 * Installs what all of Temporal's SDK in this process stands on, once, before anything connects. Its log goes into ours;
 * signals are ours to handle, so that the worker ends before its connections do. With `metricsAddress` (`host:port`) its
 * metrics are served there, and ours beside them. Throws when that address cannot be listened on.
 */
export function installRuntime({ log, metricsAddress }: { log: Log; metricsAddress: string | undefined }): Runtime {
  const logging = { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) };
  try {
    Runtime.install({
      logger: new DefaultLogger('WARN', ({ level, message, meta }) => {
        const write = level === 'ERROR' ? log.error.bind(log) : log.warn.bind(log);
        write({ ...safeMeta(meta) }, message);
      }),
      shutdownSignals: [],
      telemetryOptions: { logging, ...(metricsAddress === undefined ? {} : { metrics: servedAt(metricsAddress) }) },
    });
  } catch (error) {
    if (metricsAddress === undefined) throw error;
    const why =
      'The worker cannot serve its metrics: see whether LEDGERDESK_WORKER_METRICS names a free port of this machine.';
    throw new Error(why, { cause: error });
  }
  return Runtime.instance();
}

function servedAt(bindAddress: string): NonNullable<TelemetryOptions['metrics']> {
  return {
    prometheus: {
      bindAddress,
      countersTotalSuffix: true,
      unitSuffix: true,
      useSecondsForDurations: true,
      histogramBucketOverrides: REQUEST_BUCKETS,
    },
  };
}

/** Of what Temporal logs, only ids: failures and arguments are to be seen in the history, by those who may see it. */
const KEPT = ['workflowId', 'runId', 'workflowType', 'activityType', 'activityId', 'attempt', 'taskQueue', 'traceId'];

function safeMeta(meta: Record<string, unknown> | undefined): Record<string, unknown> {
  return Object.fromEntries(Object.entries(meta ?? {}).filter(([key]) => KEPT.includes(key)));
}
