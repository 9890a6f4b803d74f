import type { Metric } from '../../store/operations/metrics.ts';

/** Returns metrics in the text format of Prometheus, all as gauges (Prometheus docs, Exposition formats). */
export function renderMetrics(metrics: readonly Metric[]): string {
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
