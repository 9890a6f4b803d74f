import { beforeAll, describe, expect, it } from '@jest/globals';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import type { ConnectionSettings } from '../../domain/connection/connection.ts';
import { workflowBundle } from '../../workers/bundle.ts';
import { TASK_QUEUE, WORKFLOW_TYPES, type SyncAccountInput } from '../../workflows/contract.ts';
import { accountSyncId, alertId, HOUSEKEEPING_ID } from '../../workflows/ids.ts';
import { exportHistories, type ExportedHistory } from '../fixtures/histories.ts';
import { WRONG_TOKEN } from '../fixtures/credential-failures.ts';
import { runOtherWorkflows } from '../fixtures/other-workflows.ts';
import { preview } from '../fixtures/previews.ts';
import type { World } from '../fixtures/world.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

interface ErpRecord {
  readonly values: Readonly<Record<string, string>>;
}

const withContacts = (settings: ConnectionSettings): ConnectionSettings => ({
  ...settings,
  sync: { ...settings.sync, contacts: true },
});

/** Names of F&O properties that identify a person or a company. */
const PERSONAL = /name|email|phone|city|address|memo|notes/i;

describe('the histories of a first sync, a resync, the support of accounts and a failed run', () => {
  const world = setUpWorld({ seed: 'distributor', limits: 'sandbox' });
  let histories: ExportedHistory[];

  beforeAll(async () => {
    await world.connect('contoso', withContacts);
    expect(await world.sync('contoso')).toMatchObject({ status: 'completed' });
    const key = { legalEntity: 'usmf', kind: 'customer' as const, key: 'US-001' };
    const input: SyncAccountInput = {
      connectionId: 'contoso',
      legalEntity: 'usmf',
      kind: 'customer',
      accountNumber: 'US-001',
    };
    await world.client.workflow.execute(WORKFLOW_TYPES.syncAccount, {
      taskQueue: TASK_QUEUE,
      workflowId: accountSyncId('contoso', key),
      args: [input],
    });
    await preview(world, { connectionId: 'contoso' });
    await runOtherWorkflows(world, 'contoso');
    await world.client.workflow.execute(WORKFLOW_TYPES.sweepStore, {
      taskQueue: TASK_QUEUE,
      workflowId: HOUSEKEEPING_ID,
      args: [{}],
    });
    await world.store.credentials.apply('contoso', { 'zendesk.accessToken': WRONG_TOKEN });
    expect(await world.sync('contoso')).toMatchObject({ status: 'failed', error: { code: 'needs_reconnect' } });
    await world.client.workflow.execute(WORKFLOW_TYPES.deliverAlerts, {
      taskQueue: TASK_QUEUE,
      workflowId: alertId('contoso'),
      args: [{ connectionId: 'contoso' }],
    });
    histories = await exportHistories(world.client);
  }, 240_000);

  it('are those of every workflow type', () => {
    expect(new Set(histories.map(({ type }) => type))).toEqual(new Set(Object.values(WORKFLOW_TYPES)));
    expect(histories.map(({ id }) => id)).toContain('account-sync/contoso/usmf/customer/US-001');
    expect(histories.length).toBeGreaterThanOrEqual(9);
    for (const { id, text } of histories)
      expect(text).toContain(id === HOUSEKEEPING_ID ? '"part":"tickets"' : '"connectionId":"contoso"');
  });

  it('hold no name, address, mailbox or phone number of a person', async () => {
    const secrets = await personalTexts(world);
    expect(secrets.size).toBeGreaterThan(300);
    const found = histories.flatMap(({ id, text }) =>
      [...secrets].filter((secret) => holds(text, secret)).map((secret) => [id, secret]),
    );
    expect(found).toEqual([]);
  });

  it('hold no access token and no client secret', () => {
    for (const { text } of histories)
      for (const secret of [world.sandbox.zendeskToken, world.sandbox.clientSecret, WRONG_TOKEN, 'Bearer', 'eyJ'])
        expect(text).not.toContain(secret);
  });

  it('have a summary of every step, wait and child workflow', () => {
    let counted = 0;
    for (const { id, history } of histories) {
      for (const event of history.events ?? []) {
        const isSummarized =
          event.activityTaskScheduledEventAttributes ??
          event.timerStartedEventAttributes ??
          event.startChildWorkflowExecutionInitiatedEventAttributes;
        if (!isSummarized) continue;
        const summary = Buffer.from(event.userMetadata?.summary?.data ?? []).toString();
        expect([id, Number(event.eventId), summary]).toEqual([
          id,
          Number(event.eventId),
          expect.stringMatching(/\w+ \w+/),
        ]);
        counted += 1;
      }
    }
    expect(counted).toBeGreaterThan(50);
  });

  it('can be replayed by the workflows as they are now', async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
    const bundle = await workflowBundle();
    for (const { id, history } of histories) await Worker.runReplayHistory({ workflowBundle: bundle }, history, id);
  });
});

/** Returns the texts about people and companies of both systems, which must never be in a history. */
async function personalTexts({ sandbox, organizations }: World): Promise<Set<string>> {
  const texts = new Set((await organizations()).map(({ name }) => name));
  for (const set of ['customers', 'vendors', 'contacts']) {
    const { items } = await sandbox.control<{ items: ErpRecord[] }>('GET', `/state/dynamics/${set}`);
    for (const { values } of items)
      for (const [property, value] of Object.entries(values))
        if (PERSONAL.test(property) && typeof value === 'string' && value.trim().length > 2) texts.add(value.trim());
  }
  return texts;
}

/** Returns whether JSON text contains a text as whole words: "Nice" is a city, "nicely" is not. */
function holds(text: string, secret: string): boolean {
  const escaped = JSON.stringify(secret).slice(1, -1);
  return [secret, escaped].some((form) => {
    const literal = form.replaceAll(/[/\\^$*+?.()|[\]{}]/g, '\\$&');
    return new RegExp(`(?<![\\p{L}\\d])${literal}(?![\\p{L}\\d])`, 'u').test(text);
  });
}
