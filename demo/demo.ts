import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ledgerdesk, startProduct, startSandbox, type Product, type Sandbox } from './processes.ts';
import { showRun, verify, type Run } from './runs.ts';

/**
 * The main job against the sandbox, start to end: apply a connection, sync, change three accounts in the ERP, sync again.
 * Stays up until Ctrl-C; with `--once` it ends by itself, exit 0 only if every outcome was as expected.
 */
async function main(): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'ledgerdesk-demo-'));
  const say = (text: string): void => console.log(text);
  const started: { stop(): Promise<void> }[] = [];
  try {
    say(
      'Starting the sandbox (Dynamics 365, Zendesk and Entra as local servers) and Ledgerdesk (with its own PostgreSQL and Temporal) …',
    );
    const sandbox = await startSandbox();
    started.unshift(sandbox);
    const product = await startProduct(join(folder, 'data'));
    started.unshift(product);
    say(`Temporal Web UI: ${product.uiUrl}\nAdmin API:       ${product.apiUrl}\n`);
    const mistakes = await tellTheStory({ sandbox, product, folder, say });
    for (const mistake of mistakes) say(`NOT AS EXPECTED: ${mistake}`);
    if (!process.argv.includes('--once')) await untilInterrupted(say);
    return mistakes.length === 0;
  } finally {
    for (const process of started) await process.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Stage {
  readonly sandbox: Sandbox;
  readonly product: Product;
  readonly folder: string;
  readonly say: (text: string) => void;
}

async function tellTheStory({ sandbox, product, folder, say }: Stage): Promise<string[]> {
  const env = {
    LEDGERDESK_URL: product.apiUrl,
    LEDGERDESK_DATA_DIR: join(folder, 'data'),
    CONTOSO_ERP_SECRET: sandbox.clientSecret,
    CONTOSO_DESK_TOKEN: sandbox.zendeskToken,
  };
  const file = join(folder, 'contoso.json');
  await writeFile(file, JSON.stringify(connectionFile(sandbox), null, 2));
  say('1. ledgerdesk connection apply contoso.json');
  await ledgerdesk(['connection', 'apply', file], env);

  say(
    '\n2. ledgerdesk sync contoso --wait        the first sync: every account becomes one organization, or one rejection',
  );
  const first = await ledgerdesk<Run>(['sync', 'contoso', '--wait'], env);
  showRun(first, product, say);

  say('\n3. Three accounts change in Dynamics 365: a new city, a new name, a hold');
  await changeAccounts(sandbox);

  say('\n4. ledgerdesk sync contoso --wait        the second sync: only what has changed is written');
  const second = await ledgerdesk<Run>(['sync', 'contoso', '--wait'], env);
  showRun(second, product, say);

  const { items } = await ledgerdesk<{ items: Rejected[] }>(['records', 'contoso', '--state', 'rejected'], env);
  say(
    `\n5. ledgerdesk records contoso --state rejected        ${items.length} record(s), each with what to do about it`,
  );
  for (const { legalEntity, kind, key, code, message } of items)
    say(`   ${legalEntity}/${kind}/${key}  ${code}: ${message}`);
  return verify(first, second);
}

interface Rejected {
  readonly legalEntity: string;
  readonly kind: string;
  readonly key: string;
  readonly code: string;
  readonly message: string;
}

function connectionFile(sandbox: Sandbox): object {
  return {
    id: 'contoso',
    name: 'Contoso Distribution',
    dynamics: {
      environmentUrl: sandbox.dynamics,
      tenantId: sandbox.tenantId,
      clientId: sandbox.clientId,
      clientSecret: { env: 'CONTOSO_ERP_SECRET' },
      authorityHost: sandbox.entra,
      legalEntities: ['usmf', 'frrt'],
    },
    zendesk: { subdomain: 'contoso', baseUrl: sandbox.zendesk, accessToken: { env: 'CONTOSO_DESK_TOKEN' } },
  };
}

interface Customer {
  readonly legalEntity: string;
  readonly key: string;
  readonly values: { readonly PartyType: string };
}

async function changeAccounts(sandbox: Sandbox): Promise<void> {
  const answer = await fetch(`${sandbox.control}/state/dynamics/customers`);
  const { items } = (await answer.json()) as { items: Customer[] };
  const companies = items.filter(
    ({ key, values }) => values.PartyType === 'Organization' && /^[A-Z]{2}-[0-9]+$/.test(key),
  );
  const changes = [
    { AddressCity: 'Port Townsend' },
    { OrganizationName: 'Northwind Renamed Traders' },
    { OnHoldStatus: 'All' },
  ];
  for (const [index, change] of changes.entries()) {
    const customer = companies[index * 3];
    if (!customer) throw new Error('The sandbox has too few customers for the demo.');
    const place = `${sandbox.control}/state/dynamics/customers/${customer.legalEntity}/${customer.key}`;
    await fetch(place, {
      method: 'PUT',
      body: JSON.stringify(change),
      headers: { 'content-type': 'application/json' },
    });
  }
}

function untilInterrupted(say: (text: string) => void): Promise<void> {
  say('\nEverything stays up for you to look at. Ctrl-C ends it.');
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

process.exitCode = (await main()) ? 0 : 1;
