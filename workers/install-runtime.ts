import { DefaultLogger, makeTelemetryFilterString, Runtime, type TelemetryOptions } from '@temporalio/worker';
import type { Log } from '../runtime/log/log.ts';
import { REQUEST_BUCKETS } from './request-metrics.ts';

/**
 * Installs the runtime of Temporal's SDK, once per process and before anything connects. The SDK logs to `log` and
 * leaves signals to us, so that the worker ends before its connections. If `metricsAddress` (`host:port`) is set, the
 * metrics of the SDK and of the worker are served there. Throws when the worker cannot listen on that address.
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
    const message =
      'The worker cannot serve its metrics. Set LEDGERDESK_WORKER_METRICS to an address and a free port of this machine.';
    throw new Error(message, { cause: error });
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

/**
 * The fields of the SDK's log lines that are kept. Failures and arguments stay in the histories, which need
 * authorization.
 */
const KEPT = ['workflowId', 'runId', 'workflowType', 'activityType', 'activityId', 'attempt', 'taskQueue', 'traceId'];

function safeMeta(meta: Record<string, unknown> | undefined): Record<string, unknown> {
  return Object.fromEntries(Object.entries(meta ?? {}).filter(([key]) => KEPT.includes(key)));
}
