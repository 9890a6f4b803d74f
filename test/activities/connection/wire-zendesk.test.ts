import { describe, expect, it } from '@jest/globals';
import { endWait } from '../../../activities/connection/end-wait.ts';
import { wireZendesk } from '../../../activities/connection/wire-zendesk.ts';
import { useStepTests } from '../../fixtures/step-context.ts';
import type { TestRun } from '../../fixtures/test-run.ts';

const SECRET = 'webhooks.signing_secret';
const PUBLIC_URL = 'https://ledgerdesk.example';

const at = useStepTests({ hasFields: false });

interface Webhook {
  readonly id: string;
  readonly name: string;
  readonly endpoint: string;
  readonly status: string;
  readonly subscriptions: readonly string[];
}

const wire = ({ connectionId }: TestRun, publicUrl = PUBLIC_URL) =>
  at.observe(() => wireZendesk(at.contextOf({ connectionId }), { connectionId, publicUrl }));
const webhooksOf = async ({ connectionId }: TestRun): Promise<readonly Webhook[]> => {
  const { webhooks } = (await at.callZendesk('GET', 'webhooks')) as { webhooks: Webhook[] };
  return webhooks.filter(({ name }) => name === `Ledgerdesk ${connectionId}`);
};
const triggersOf = async ({ connectionId }: TestRun) => {
  const { triggers } = (await at.callZendesk('GET', 'triggers?page[size]=100')) as {
    triggers: { title: string; active: boolean }[];
  };
  return triggers.filter(({ title }) => title === `Ledgerdesk ${connectionId}`);
};
const secretsOf = ({ connectionId }: TestRun) => at.store.credentials.webhookSecrets(connectionId);

describe('wiring Zendesk', () => {
  it('creates a webhook that is subscribed to events, and keeps its secret', async () => {
    const run = await at.begin();
    const { result, operations } = await wire(run);
    const [webhook] = await webhooksOf(run);
    expect(result).toEqual({ webhookId: webhook?.id, by: 'subscription' });
    expect(operations).toEqual(['webhooks.list', 'webhooks.create', SECRET]);
    const { hooks } = await at.store.connections.require(run.connectionId);
    expect(webhook).toMatchObject({ status: 'active', endpoint: `${PUBLIC_URL}/webhooks/zendesk/${hooks.zendesk}` });
    expect(webhook?.subscriptions).toContain('zen:event-type:ticket.created');
    expect(await secretsOf(run)).toHaveLength(1);
  });

  it('corrects the webhook that is there, instead of creating another one', async () => {
    const run = await at.begin();
    const first = await wire(run);
    await at.callZendesk('PATCH', `webhooks/${first.result.webhookId}`, { webhook: { status: 'inactive' } });
    const { result, operations } = await wire(run, 'https://moved.example');
    expect(result).toEqual(first.result);
    expect(operations).toEqual(['webhooks.list', 'webhooks.patch', SECRET]);
    expect(await webhooksOf(run)).toMatchObject([
      { status: 'active', endpoint: expect.stringContaining('https://moved.example/webhooks/zendesk/') },
    ]);
  });

  it('takes no webhook for its own whose name only begins like it', async () => {
    const run = await at.begin();
    const webhook = {
      ...{ name: `Ledgerdesk ${run.connectionId}x`, endpoint: 'https://other.example', status: 'active' },
      ...{ http_method: 'POST', request_format: 'json', subscriptions: ['conditional_ticket_events'] },
    };
    await at.callZendesk('POST', 'webhooks', { webhook });
    expect((await wire(run)).operations).toContain('webhooks.create');
  });

  it('fails when Zendesk does not let it create any, and keeps no secret', async () => {
    const run = await at.begin();
    await at.addFault({ method: 'POST', path: 'webhooks' }, { kind: 'status', status: 403 });
    await expect(wire(run)).rejects.toMatchObject({ kind: 'forbidden' });
    expect(await secretsOf(run)).toEqual([]);
  });
});

describe('wiring a Zendesk that lets nobody subscribe to tickets', () => {
  const withoutSubscriptions = async (): Promise<TestRun> => {
    await at.sandbox.control('PATCH', '/settings/zendesk', { ticketEventSubscriptions: false });
    return at.begin();
  };

  it('creates a webhook that a trigger calls', async () => {
    const run = await withoutSubscriptions();
    const { result, operations } = await wire(run);
    expect(result).toMatchObject({ by: 'trigger' });
    expect(operations).toEqual([
      ...['webhooks.list', 'webhooks.create', 'webhooks.create'],
      ...['triggers.list', 'trigger_categories.list', 'triggers.create', SECRET],
    ]);
    expect(await webhooksOf(run)).toMatchObject([{ subscriptions: ['conditional_ticket_events'] }]);
    expect(await triggersOf(run)).toMatchObject([{ active: true }]);
  });

  it('corrects webhook and trigger that are there', async () => {
    const run = await withoutSubscriptions();
    const first = await wire(run);
    const { result, operations } = await wire(run);
    expect(result).toEqual(first.result);
    expect(operations).toEqual([...['webhooks.list', 'webhooks.patch', 'triggers.list', 'triggers.update', SECRET]]);
    expect(await triggersOf(run)).toHaveLength(1);
  });

  it('creates the trigger again that somebody has deleted', async () => {
    const run = await withoutSubscriptions();
    await wire(run);
    const { triggers } = (await at.callZendesk('GET', 'triggers?page[size]=100')) as { triggers: { id: number }[] };
    for (const { id } of triggers) await at.callZendesk('DELETE', `triggers/${id}`);
    expect((await wire(run)).operations).toContain('triggers.create');
    expect(await triggersOf(run)).toHaveLength(1);
  });
});

describe('ending a wait early', () => {
  it('lets the next request to this limit through as a probe', async () => {
    const run = await at.begin();
    const { connectionId } = run;
    const request = { connectionId, system: 'zendesk', buckets: ['jobs'] };
    await at.store.gates.close(await at.store.gates.enter(request), 'jobs', 60_000);
    await endWait(run.context, { connectionId, system: 'zendesk', bucket: 'incremental' });
    await expect(at.store.gates.enter(request)).rejects.toMatchObject({ name: 'GateClosedError' });
    await endWait(run.context, { connectionId, system: 'zendesk', bucket: 'jobs' });
    expect((await at.store.gates.enter(request)).probe).not.toBeNull();
    await expect(at.store.gates.enter(request)).rejects.toMatchObject({ name: 'GateClosedError' });
  });
});
