import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeConnection } from './connection-file.ts';
import { addressesOf, mailsSent } from './desk.ts';
import { changeAccounts, changeEmail, type RecordKey } from './edits.ts';
import { ledgerdesk, startProduct, startSandbox, type Product, type Sandbox } from './processes.ts';
import { showRejected, showRun, type Rejected, type Run } from './runs.ts';
import { verify } from './verify.ts';
import { showWayBack } from './way-back.ts';

/**
 * The main job against the sandbox, start to end: apply a connection, sync, change three accounts and a contact in the ERP,
 * sync again; then the way back, by events of both systems.
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
  const { file, env } = await writeConnection(folder, { sandbox, product });
  say('1. ledgerdesk connection apply contoso.json');
  await ledgerdesk(['connection', 'apply', file], env);
  say('   ledgerdesk schedule contoso pause        so that all work you see here is asked for here');
  await ledgerdesk(['schedule', 'contoso', 'pause'], env);

  say(
    '\n2. ledgerdesk sync contoso --wait        every account becomes an organization, every contact a user, or a rejection',
  );
  const first = await ledgerdesk<Run>(['sync', 'contoso', '--wait'], env);
  showRun(first, product, say);

  say(
    '\n3. In Dynamics 365 three accounts change (a new city, a new name, a hold), and one contact gets a new address',
  );
  await changeAccounts(sandbox);
  const chosen = await someContact(env);
  const contact = await changeEmail(sandbox, chosen);

  say('\n4. ledgerdesk sync contoso --wait        the second sync: only what has changed is written');
  const second = await ledgerdesk<Run>(['sync', 'contoso', '--wait'], env);
  showRun(second, product, say);

  const addresses = await addressesOf(sandbox, chosen.zendeskId);
  const mails = await mailsSent(sandbox);
  say(`\n5. ${contact.name} in Zendesk now: the new address is a further one, and nobody got a mail`);
  say(
    `   primary:   ${addresses.primary}\n   secondary: ${addresses.secondary.join(', ')}\n   mails sent by Zendesk: ${mails}`,
  );

  const { items } = await ledgerdesk<{ items: Rejected[] }>(['records', 'contoso', '--state', 'rejected'], env);
  say(`\n6. ledgerdesk records contoso --state rejected        ${items.length} records, each with what to do about it`);
  showRejected(items, say);

  const wayBack = await showWayBack(sandbox, env, say);
  return verify({ first, second, rejected: items, contact, addresses, mails, wayBack });
}

interface Contact extends RecordKey {
  readonly code: string | null;
  readonly zendeskId: string;
}

/** A contact that became a user, and of which nothing else is to be said. */
async function someContact(env: Readonly<Record<string, string>>): Promise<Contact> {
  const created = ['records', 'contoso', '--kind', 'contact', '--state', 'created'];
  const { items } = await ledgerdesk<{ items: Contact[] }>(created, env);
  const [chosen] = items
    .filter(({ code, legalEntity }) => code === null && legalEntity === 'usmf')
    .sort((one, other) => (one.key < other.key ? -1 : 1));
  if (!chosen) throw new Error('No contact became a user.');
  return chosen;
}

function untilInterrupted(say: (text: string) => void): Promise<void> {
  say('\nEverything stays up for you to look at. Ctrl-C ends it.');
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

process.exitCode = (await main()) ? 0 : 1;
