import type { MetricMeter } from '@temporalio/common';
import type { ActivityDependencies } from '../activities/dependencies.ts';

/** The upper bounds of the histogram of request durations, in seconds. A remote system may take a minute to answer. */
export const REQUEST_BUCKETS: Record<string, number[]> = {
  ledgerdesk_worker_request_duration: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
};

/** Creates the metrics of requests to remote systems, by class of answer and by duration. The SDK serves them. */
export function createRequestMetrics(meter: MetricMeter): ActivityDependencies['countRequest'] {
  const requests = meter.createCounter('ledgerdesk_worker_requests', undefined, 'Requests to remote systems');
  const durations = meter.createHistogram(
    'ledgerdesk_worker_request_duration',
    'float',
    'seconds',
    'Time from the start of a request to the end of its answer',
  );
  return ({ connectionId: connection, system, status, durationMs }) => {
    requests.add(1, { connection, system, answer: answerClass(status) });
    durations.record(durationMs / 1_000, { connection, system });
  };
}

function answerClass(status: number | null): string {
  if (status === null) return 'none';
  return status === 429 ? '429' : `${Math.floor(status / 100)}xx`;
}
