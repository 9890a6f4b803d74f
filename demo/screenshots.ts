import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { connectionFile } from './connection-file.ts';
import { control, until } from './control.ts';
import { ledgerdesk, startProduct, startSandbox, type Sandbox } from './processes.ts';
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
    await takeAll({ sandbox, page, folder, apiUrl: product.apiUrl, uiUrl: `${product.uiUrl}/namespaces/default` });
  } finally {
    for (const process of started) await process.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Studio {
  readonly sandbox: Sandbox;
  readonly page: Page;
  readonly folder: string;
  readonly apiUrl: string;
  readonly uiUrl: string;
}

async function takeAll({ sandbox, page, folder, apiUrl, uiUrl }: Studio): Promise<void> {
  const env = {
    LEDGERDESK_URL: apiUrl,
    LEDGERDESK_DATA_DIR: join(folder, 'data'),
    CONTOSO_ERP_SECRET: sandbox.clientSecret,
    CONTOSO_DESK_TOKEN: sandbox.zendeskToken,
  };
  const file = join(folder, 'contoso.json');
  await writeFile(file, JSON.stringify(connectionFile(sandbox), null, 2));
  await ledgerdesk(['connection', 'apply', file], env);
  await ledgerdesk(['schedule', 'contoso', 'pause'], env);
  const start = () => ledgerdesk<Run>(['sync', 'contoso'], env);
  const show = (runId: string) => ledgerdesk<Run>(['run', runId], env);
  const ended = (runId: string) =>
    until('the run has ended', async () => ((await show(runId)).status === 'running' ? undefined : true));
  const workflow = ({ workflowId, runId }: Run): string =>
    `${uiUrl}/workflows/${encodeURIComponent(workflowId)}/${runId}`;

  await control(sandbox, 'POST /faults', HELD);
  const running = await start();
  await until('the run has read something', async () =>
    (await show(running.runId)).totals.read > 0 ? true : undefined,
  );
  await take(page, 'running-sync', `${workflow(running)}/timeline`);
  await control(sandbox, 'DELETE /faults');
  await ended(running.runId);

  await control(sandbox, 'POST /faults', LIMITED);
  const waiting = await start();
  const waitingPage = await until('the run waits', () => findWait(page, `${workflow(waiting)}/timeline`));
  await take(page, 'rate-limit-wait', waitingPage);
  await control(sandbox, 'DELETE /faults');
  await ledgerdesk(['cancel', waiting.runId], env);
  await ended(waiting.runId);

  await control(sandbox, 'PATCH /settings/dynamics', { deniedEntitySets: ['CustomersV3'] });
  const failed = await start();
  await ended(failed.runId);
  await take(page, 'failed-run', `${workflow(failed)}/history`);
  await take(page, 'workflow-list', `${uiUrl}/workflows`);
}

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
