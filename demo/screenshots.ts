import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { chromium, type Page } from 'playwright-core';
import { writeConnection } from './connection-file.ts';
import { control, waitFor } from './control.ts';
import { ledgerdesk, startProduct, startSandbox, type Product, type Sandbox } from './processes.ts';
import type { Run } from './runs.ts';

/** The usual paths of Chromium browsers. The environment variable CHROMIUM sets another one. */
const BROWSERS = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const FOLDER = fileURLToPath(new URL('../docs/screenshots/', import.meta.url));

/**
 * Takes the screenshots of the Temporal Web UI in docs/screenshots, of real runs against the sandbox: the list of
 * workflows, a running sync, a sync that waits for a rate limit, and a failed sync.
 */
async function main(): Promise<void> {
  const executablePath = BROWSERS.find((path) => path !== undefined && existsSync(path));
  if (executablePath === undefined)
    throw new Error('Chromium was not found. Install it, or set CHROMIUM to the path of its executable.');
  const folder = await mkdtemp(join(tmpdir(), 'ledgerdesk-screenshots-'));
  const started: { stop(): Promise<void> }[] = [];
  try {
    const sandbox = await startSandbox();
    started.unshift(sandbox);
    const product = await startProduct(join(folder, 'data'));
    started.unshift(product);
    // Containers often run as root, for whom Chromium refuses to start with its sandbox.
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    started.unshift({ stop: () => browser.close() });
    const connection = await Connection.connect({ address: product.temporalAddress });
    started.unshift({ stop: () => connection.close() });
    const page = await browser.newPage({ viewport: { width: 1_440, height: 900 }, colorScheme: 'light' });
    await mkdir(FOLDER, { recursive: true });
    await takeAll({ sandbox, product, page, folder, temporal: new Client({ connection }) });
  } finally {
    for (const process of started) await process.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

interface StartedProcesses {
  readonly sandbox: Sandbox;
  readonly product: Product;
  readonly temporal: Client;
  readonly page: Page;
  readonly folder: string;
}

interface ScreenshotContext extends StartedProcesses {
  readonly env: Readonly<Record<string, string>>;
  /** Base URL of the namespace's pages in the Web UI. */
  readonly uiUrl: string;
}

async function takeAll(processes: StartedProcesses): Promise<void> {
  const { file, env } = await writeConnection(processes.folder, processes);
  await ledgerdesk(['connection', 'apply', file], env);
  await ledgerdesk(['schedule', 'contoso', 'pause'], env);
  const context: ScreenshotContext = { ...processes, env, uiUrl: `${processes.product.uiUrl}/namespaces/default` };
  await takeRunning(context);
  await takeWaiting(context);
  await takeFailed(context);
  await take(context.page, 'workflow-list', `${context.uiUrl}/workflows`);
}

async function takeRunning(context: ScreenshotContext): Promise<void> {
  const { sandbox, page, env } = context;
  await control(sandbox, 'POST /faults', VENDORS_HELD);
  const run = await startSync(context);
  const hasRead = async () => ((await showRun(env, run.runId)).totals.read > 0 ? true : undefined);
  await waitFor('the run has read records', hasRead);
  await take(page, 'running-sync', `${await urlOf(context, run)}/timeline`);
  await control(sandbox, 'DELETE /faults');
  await waitForEnd(env, run.runId);
}

async function takeWaiting(context: ScreenshotContext): Promise<void> {
  const { sandbox, page, env } = context;
  await control(sandbox, 'POST /faults', RATE_LIMITED);
  const run = await startSync(context);
  const url = `${await urlOf(context, run)}/timeline`;
  await waitFor('the run waits', async () => ((await showsWait(page, url)) ? true : undefined));
  await take(page, 'rate-limit-wait', url);
  await control(sandbox, 'DELETE /faults');
  await ledgerdesk(['cancel', run.runId], env);
  await waitForEnd(env, run.runId);
}

async function takeFailed(context: ScreenshotContext): Promise<void> {
  await control(context.sandbox, 'PATCH /settings/dynamics', { deniedEntitySets: ['CustomersV3'] });
  const run = await startSync(context);
  await waitForEnd(context.env, run.runId);
  await take(context.page, 'failed-run', `${await urlOf(context, run)}/history`);
}

const startSync = ({ env }: ScreenshotContext) => ledgerdesk<Run>(['sync', 'contoso'], env);
const showRun = (env: ScreenshotContext['env'], runId: string) => ledgerdesk<Run>(['run', runId], env);
const waitForEnd = (env: ScreenshotContext['env'], runId: string) =>
  waitFor('the run has ended', async () => ((await showRun(env, runId)).status === 'running' ? undefined : true));

/**
 * The run id of Ledgerdesk is not the execution's run id, which the Web UI needs. The newest execution is the given
 * run.
 */
async function urlOf({ uiUrl, temporal }: ScreenshotContext, { workflowId }: Run): Promise<string> {
  const { runId } = await temporal.workflow.getHandle(workflowId).describe();
  return `${uiUrl}/workflows/${encodeURIComponent(workflowId)}/${runId}`;
}

/** Requests for vendors wait, so that the run stays in this stage. */
const VENDORS_HELD = {
  system: 'dynamics',
  match: { method: 'GET', path: 'VendorsV2' },
  action: { kind: 'hold', when: 'before' },
};

/** Zendesk responds with 429 and a Retry-After that is longer than the screenshot takes. */
const RATE_LIMITED = {
  system: 'zendesk',
  match: { path: '.*' },
  action: { kind: 'storm', seconds: 600, retryAfter: 300 },
};

async function showsWait(page: Page, url: string): Promise<boolean> {
  await open(page, url);
  return (await page.content()).includes('asked us to wait');
}

async function take(page: Page, name: string, url: string): Promise<void> {
  await open(page, url);
  await page.screenshot({ path: join(FOLDER, `${name}.png`) });
  console.log(`docs/screenshots/${name}.png`);
}

/** The page polls the server, so that the network is never idle. It is drawn after a fixed time instead. */
async function open(page: Page, url: string): Promise<void> {
  await page.goto(url, { waitUntil: 'load' });
  await page.waitForTimeout(4_000);
}

await main();
