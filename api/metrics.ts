import type { RequestHandler } from 'express';
import type { Metric } from '../store/metrics.ts';
import type { Store } from '../store/store.ts';

/** Many scrapers cost no more than one. */
const FRESH_MS = 5_000;

/** `GET /metrics`: what the store knows of all connections, in Prometheus' text form; ids and codes, no names, no secrets. */
export function createMetrics({ store }: { readonly store: Pick<Store, 'metrics'> }): RequestHandler {
  let last: { readonly at: number; readonly text: Promise<string> } | undefined;
  return async (_request, response) => {
    const now = performance.now();
    if (!last || now - last.at > FRESH_MS) last = { at: now, text: store.metrics.read().then(renderMetrics) };
    response.set('content-type', 'text/plain; version=0.0.4; charset=utf-8').send(await last.text);
  };
}

function renderMetrics(metrics: readonly Metric[]): string {
  return metrics.map(renderMetric).join('');
}

function renderMetric({ name, help, samples }: Metric): string {
  const full = `ledgerdesk_${name}`;
  const lines = samples.map(({ labels, value }) => `${full}${renderLabels(labels)} ${value}\n`);
  return `# HELP ${full} ${help}.\n# TYPE ${full} gauge\n${lines.join('')}`;
}

function renderLabels(labels: Readonly<Record<string, string>>): string {
  return `{${Object.entries(labels)
    .map(([label, text]) => `${label}="${escapeLabel(text)}"`)
    .join(',')}}`;
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
