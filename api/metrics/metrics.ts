import type { RequestHandler } from 'express';
import type { Services } from '../../runtime/services.ts';
import { renderMetrics } from './render.ts';
import { readScheduleStates } from './schedule-states.ts';

/** Many scrapers cost no more than one. */
const FRESH_MS = 5_000;

/** What the metrics are read from. */
export type MetricsDeps = Pick<Services, 'store' | 'temporal'>;

/**
 * `GET /metrics`: what the store knows of all connections, and what Temporal knows of their schedules, in Prometheus' text form;
 * ids and codes, no names, no secrets.
 */
export function createMetrics(deps: MetricsDeps): RequestHandler {
  let last: { readonly at: number; readonly text: Promise<string> } | undefined;
  return async (_request, response) => {
    const now = performance.now();
    if (!last || now - last.at > FRESH_MS) last = { at: now, text: read(deps) };
    response.set('content-type', 'text/plain; version=0.0.4; charset=utf-8').send(await last.text);
  };
}

async function read({ store, temporal }: MetricsDeps): Promise<string> {
  const [stored, schedules] = await Promise.all([store.metrics.read(), readScheduleStates(temporal)]);
  return renderMetrics([...stored, ...schedules]);
}
