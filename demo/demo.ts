import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeConnection } from './connection-file.ts';
import { addressesOf, mailsSent } from './zendesk-users.ts';
import { changeAccounts, changeEmail, type RecordKey } from './edits.ts';
import { ledgerdesk, startProduct, startSandbox, type Product, type Sandbox } from './processes.ts';
import { showRejected, showRun, type Rejected, type Run } from './runs.ts';
import { verify } from './verify.ts';
import { showEventsAndAnnotation } from './events-and-annotation.ts';

/**
 * Runs the whole integration against the sandbox: applies a connection, syncs, changes three accounts and a contact in
 * the ERP, syncs again, and then shows events of both systems and the annotation. The processes run until Ctrl-C. With
 * `--once` they are stopped at the end. The exit code is 0 only if every outcome is as expected.
 */
async function main(): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'ledgerdesk-demo-'));
  const print = (text: string): void => console.log(text);
  const started: { stop(): Promise<void> }[] = [];
  try {
    print(
      'Starting the sandbox (Dynamics 365, Zendesk and Entra as local servers) and Ledgerdesk (with its own PostgreSQL and Temporal) …',
    );
    const sandbox = await startSandbox();
    started.unshift(sandbox);
    const product = await startProduct(join(folder, 'data'));
    started.unshift(product);
    print(`Temporal Web UI: ${product.uiUrl}\nAdmin API:       ${product.apiUrl}\n`);
    const problems = await runDemo({ sandbox, product, folder, print });
    for (const problem of problems) print(`UNEXPECTED: ${problem}`);
    if (!process.argv.includes('--once')) await waitForInterrupt(print);
    return problems.length === 0;
  } finally {
    for (const process of started) await process.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

interface DemoContext {
  readonly sandbox: Sandbox;
  readonly product: Product;
  readonly folder: string;
  readonly print: (text: string) => void;
}

async function runDemo({ sandbox, product, folder, print }: DemoContext): Promise<string[]> {
  const { file, env } = await writeConnection(folder, { sandbox, product });
  print('1. ledgerdesk connection apply contoso.json');
  await ledgerdesk(['connection', 'apply', file], env);
  print('   ledgerdesk schedule contoso pause        so that only the commands below start runs');
  await ledgerdesk(['schedule', 'contoso', 'pause'], env);

  print(
    '\n2. ledgerdesk sync contoso --wait        creates an organization for every account and a user for every contact, or rejects it',
  );
  const first = await ledgerdesk<Run>(['sync', 'contoso', '--wait'], env);
  showRun(first, product, print);

  print(
    '\n3. In Dynamics 365, three accounts change (a new city, a new name, a hold), and one contact gets a new email address',
  );
  await changeAccounts(sandbox);
  const chosen = await chooseContact(env);
  const contact = await changeEmail(sandbox, chosen);

  print('\n4. ledgerdesk sync contoso --wait        the second sync writes only the changes');
  const second = await ledgerdesk<Run>(['sync', 'contoso', '--wait'], env);
  showRun(second, product, print);

  const addresses = await addressesOf(sandbox, chosen.zendeskId);
  const mails = await mailsSent(sandbox);
  print(`\n5. ${contact.name} in Zendesk: the new address is a secondary one, and Zendesk sent no emails`);
  print(
    `   primary:   ${addresses.primary}\n   secondary: ${addresses.secondary.join(', ')}\n   emails sent by Zendesk: ${mails}`,
  );

  const { items } = await ledgerdesk<{ items: Rejected[] }>(['records', 'contoso', '--state', 'rejected'], env);
  print(`\n6. ledgerdesk records contoso --state rejected        ${items.length} records, each with the reason`);
  showRejected(items, print);

  const eventsAndAnnotation = await showEventsAndAnnotation(sandbox, env, print);
  return verify({ first, second, rejected: items, contact, addresses, mails, eventsAndAnnotation });
}

interface Contact extends RecordKey {
  readonly code: string | null;
  readonly zendeskId: string;
}

/** Returns a contact whose user was created without a remark. */
async function chooseContact(env: Readonly<Record<string, string>>): Promise<Contact> {
  const created = ['records', 'contoso', '--kind', 'contact', '--state', 'created'];
  const { items } = await ledgerdesk<{ items: Contact[] }>(created, env);
  const [chosen] = items
    .filter(({ code, legalEntity }) => code === null && legalEntity === 'usmf')
    .sort((one, other) => (one.key < other.key ? -1 : 1));
  if (!chosen) throw new Error('No user was created without a remark.');
  return chosen;
}

function waitForInterrupt(print: (text: string) => void): Promise<void> {
  print('\nAll processes keep running so that you can explore them. Press Ctrl-C to stop.');
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

process.exitCode = (await main()) ? 0 : 1;
