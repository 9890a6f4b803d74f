import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { findFreePort } from '../../runtime/processes/free-port.ts';
import type { RunReport } from '../../store/sync/run-reports.ts';
import { TASK_QUEUE } from '../../workflows/contract.ts';
import { startProductWorker } from '../fixtures/product-worker.ts';
import { until } from '../fixtures/stops.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

const read = (path: string): string => readFileSync(join(import.meta.dirname, '../..', path), 'utf8');

interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

describe('the metrics of a worker', () => {
  const world = setUpWorld({ seed: 'distributor', limits: 'sandbox', worker: false });
  let run: RunReport;
  let address: string;
  let text: string;
  let series: readonly Series[];

  const scrape = async (): Promise<string> => (await fetch(`http://${address}/metrics`)).text();

  beforeAll(async () => {
    await world.connect('contoso');
    address = `127.0.0.1:${await findFreePort()}`;
    await startProductWorker(world, { LEDGERDESK_WORKER_METRICS: address });
    await world.sandbox.control('POST', '/faults', {
      ...{ system: 'dynamics', match: { path: 'CustomersV3' }, times: 1 },
      action: { kind: 'status', status: 429, retryAfter: 1 },
    });
    run = await world.sync('contoso');
    await failWorkflowTask();
    text = await scrape();
    series = parse(text);
  });

  /** Starts an unknown workflow type, whose workflow task fails like one after an incompatible change. */
  async function failWorkflowTask(): Promise<void> {
    const handle = await world.client.workflow.start('unknownType', { taskQueue: TASK_QUEUE, workflowId: 'unknown' });
    await until('the task has failed', async () => (await scrape()).includes('workflow_task_execution_failed'));
    await handle.terminate();
  }

  const sum = (name: string, labels: Readonly<Record<string, string>>): number =>
    series
      .filter(
        (each) => each.name === name && Object.entries(labels).every(([key, value]) => each.labels[key] === value),
      )
      .reduce((total, { value }) => total + value, 0);

  it('count each request of a run by connection, system and class of response', () => {
    expect(run.status).toBe('completed');
    for (const [system, count] of Object.entries(run.requests)) {
      const labels = { connection: 'contoso', system };
      expect([system, sum('ledgerdesk_worker_requests_total', labels)]).toEqual([system, count]);
      expect([system, sum('ledgerdesk_worker_request_duration_seconds_count', labels)]).toEqual([system, count]);
    }
    expect(sum('ledgerdesk_worker_requests_total', { system: 'dynamics', answer: '429' })).toBe(1);
    expect(sum('ledgerdesk_worker_requests_total', { system: 'zendesk', answer: '2xx' })).toBeGreaterThan(0);
    expect(sum('ledgerdesk_worker_request_duration_seconds_sum', { system: 'zendesk' })).toBeGreaterThan(0);
  });

  it('have all those of Temporal’s SDK that the operating page and the alerts use', () => {
    const pages = read('docs/operating.md') + read('docs/alerts/ledgerdesk.rules.yml');
    const wanted = new Set([...pages.matchAll(/\btemporal_[a-z_]+/g)].map(([name]) => name));
    expect(wanted.size).toBeGreaterThan(3);
    const names = new Set(series.flatMap(({ name }) => [name, name.replace(/_(bucket|sum|count)$/, '')]));
    expect([...names]).toEqual(expect.arrayContaining([...wanted]));
  });

  it('prevent the start of a worker that cannot serve them, whose message names the setting', async () => {
    await expect(startProductWorker(world, { LEDGERDESK_WORKER_METRICS: address })).rejects.toThrow(
      /Its last log line: .*LEDGERDESK_WORKER_METRICS/,
    );
  });

  it('hold no names and no secrets', async () => {
    const organizations = await world.organizations();
    expect(organizations.length).toBeGreaterThan(5);
    const { clientSecret, zendeskToken } = world.sandbox;
    for (const hidden of [...organizations.map(({ name }) => name), clientSecret, zendeskToken])
      expect(text).not.toContain(hidden);
  });
});

function parse(text: string): readonly Series[] {
  return text.split('\n').flatMap((line) => {
    const [, name, labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', text = '']) => [key, text] as const);
    return name === undefined ? [] : [{ name, labels: Object.fromEntries(pairs), value: Number(value) }];
  });
}
