import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { writeConnection } from './connection-file.ts';
import { control, until } from './control.ts';
import { ledgerdesk, startProduct, startSandbox, type Product, type Sandbox } from './processes.ts';
import type { Run } from './runs.ts';

/** Where browsers of this family are usually installed; CHROMIUM names another. */
const BROWSERS = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const FOLDER = fileURLToPath(new URL('../docs/screenshots/', import.meta.url));

/**
 * Takes the pictures of the Temporal Web UI that docs/ shows, of real runs against the sandbox: the list, a sync under way, one
 * that waits because Zendesk asked it to, and one that failed.
 */
async function main(): Promise<void> {
  const executablePath = BROWSERS.find((path) => path !== undefined && existsSync(path));
  if (executablePath === undefined) throw new Error('No Chromium was found: install one, or name it by CHROMIUM.');
  const folder = await mkdtemp(join(tmpdir(), 'ledgerdesk-screenshots-'));
  const started: { stop(): Promise<void> }[] = [];
  try {
    const sandbox = await startSandbox();
    started.unshift(sandbox);
    const product = await startProduct(join(folder, 'data'));
    started.unshift(product);
    // Chromium will not keep its own user apart from root's, as which containers often run.
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    started.unshift({ stop: () => browser.close() });
    const page = await browser.newPage({ viewport: { width: 1_440, height: 900 }, colorScheme: 'light' });
    await mkdir(FOLDER, { recursive: true });
    await takeAll({ sandbox, product, page, folder });
  } finally {
    for (const process of started) await process.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Stage {
  readonly sandbox: Sandbox;
  readonly product: Product;
  readonly page: Page;
  readonly folder: string;
}

interface Studio extends Stage {
  readonly env: Readonly<Record<string, string>>;
  /** Base of the namespace's pages in the Web UI. */
  readonly uiUrl: string;
}

async function takeAll(stage: Stage): Promise<void> {
  const { file, env } = await writeConnection(stage.folder, stage);
  await ledgerdesk(['connection', 'apply', file], env);
  await ledgerdesk(['schedule', 'contoso', 'pause'], env);
  const studio: Studio = { ...stage, env, uiUrl: `${stage.product.uiUrl}/namespaces/default` };
  await takeRunning(studio);
  await takeWaiting(studio);
  await takeFailed(studio);
  await take(stage.page, 'workflow-list', `${studio.uiUrl}/workflows`);
}

async function takeRunning(studio: Studio): Promise<void> {
  const { sandbox, page, env } = studio;
  await control(sandbox, 'POST /faults', HELD);
  const run = await start(studio);
  const hasRead = async () => ((await show(env, run.runId)).totals.read > 0 ? true : undefined);
  await until('the run has read something', hasRead);
  await take(page, 'running-sync', `${pageOf(studio, run)}/timeline`);
  await control(sandbox, 'DELETE /faults');
  await ended(env, run.runId);
}

async function takeWaiting(studio: Studio): Promise<void> {
  const { sandbox, page, env } = studio;
  await control(sandbox, 'POST /faults', LIMITED);
  const run = await start(studio);
  const url = await until('the run waits', () => findWait(page, `${pageOf(studio, run)}/timeline`));
  await take(page, 'rate-limit-wait', url);
  await control(sandbox, 'DELETE /faults');
  await ledgerdesk(['cancel', run.runId], env);
  await ended(env, run.runId);
}

async function takeFailed(studio: Studio): Promise<void> {
  await control(studio.sandbox, 'PATCH /settings/dynamics', { deniedEntitySets: ['CustomersV3'] });
  const run = await start(studio);
  await ended(studio.env, run.runId);
  await take(studio.page, 'failed-run', `${pageOf(studio, run)}/history`);
}

const start = ({ env }: Studio) => ledgerdesk<Run>(['sync', 'contoso'], env);
const show = (env: Studio['env'], runId: string) => ledgerdesk<Run>(['run', runId], env);
const ended = (env: Studio['env'], runId: string) =>
  until('the run has ended', async () => ((await show(env, runId)).status === 'running' ? undefined : true));
const pageOf = ({ uiUrl }: Studio, { workflowId, runId }: Run): string =>
  `${uiUrl}/workflows/${encodeURIComponent(workflowId)}/${runId}`;

/** The vendors do not come yet. */
const HELD = {
  system: 'dynamics',
  match: { method: 'GET', path: 'VendorsV2' },
  action: { kind: 'hold', when: 'before' },
};

/** Zendesk asks to wait, for longer than taking the picture takes. */
const LIMITED = { system: 'zendesk', match: { path: '.*' }, action: { kind: 'storm', seconds: 600, retryAfter: 300 } };

async function findWait(page: Page, url: string): Promise<string | undefined> {
  await open(page, url);
  return (await page.content()).includes('asked us to wait') ? url : undefined;
}

async function take(page: Page, name: string, url: string): Promise<void> {
  await open(page, url);
  await page.screenshot({ path: join(FOLDER, `${name}.png`) });
  console.log(`docs/screenshots/${name}.png`);
}

/** The page asks the server again and again, so that it is never quite idle: a moment must do for it to be drawn. */
async function open(page: Page, url: string): Promise<void> {
  await page.goto(url, { waitUntil: 'load' });
  await page.waitForTimeout(4_000);
}

await main();
