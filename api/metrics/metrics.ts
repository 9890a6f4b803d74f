import type { RequestHandler } from 'express';
import type { Services } from '../../runtime/services.ts';
import { renderMetrics } from './render.ts';
import { readScheduleStates } from './schedule-states.ts';

/** The result is cached, so that several scrapers cost no more than one. */
const CACHE_MS = 5_000;

/** The sources of the metrics. */
export type MetricsDeps = Pick<Services, 'store' | 'temporal'>;

/**
 * Creates the handler of `GET /metrics`: the metrics of all connections from the store, and the states of their
 * schedules from Temporal, in the text format of Prometheus. They contain ids and codes, but no names and no secrets.
 */
export function createMetrics(deps: MetricsDeps): RequestHandler {
  let last: { readonly at: number; readonly text: Promise<string> } | undefined;
  return async (_request, response) => {
    const now = performance.now();
    if (!last || now - last.at > CACHE_MS) last = { at: now, text: read(deps) };
    response.set('content-type', 'text/plain; version=0.0.4; charset=utf-8').send(await last.text);
  };
}

async function read({ store, temporal }: MetricsDeps): Promise<string> {
  const [stored, schedules] = await Promise.all([store.metrics.read(), readScheduleStates(temporal)]);
  return renderMetrics([...stored, ...schedules]);
}
