import { afterEach, describe, expect, it } from '@jest/globals';
import { closeLoopbacks, startLoopback } from '../fixtures/loopback.ts';
import { runCliAt } from './run-cli.ts';

afterEach(closeLoopbacks);

const EVENT = {
  id: 'row-1',
  connectionId: 'contoso',
  source: 'dynamics',
  eventId: 'E-1',
  controlNumber: '5637144577',
  type: 'ContosoCustomerChangedBusinessEvent',
  receivedAt: '2026-11-24T10:00:00.000Z',
  verdict: 'accepted',
  reason: null,
  outcome: 'updated',
  workflowId: 'erp-event/contoso/5637144577',
};
const REFUSED = {
  ...EVENT,
  source: 'zendesk',
  eventId: 'Z-1',
  controlNumber: null,
  type: 'unknown\u001b[2J',
  verdict: 'refused',
  reason: 'signature',
  outcome: null,
  workflowId: null,
};

describe('events', () => {
  it('are a table with the verdict, and its reason or the outcome', async () => {
    const api = await startLoopback(() => ({ body: { items: [REFUSED, EVENT], total: 9 } }));
    const { code, stdout } = await runCliAt(api.origin, ['events', 'contoso', '--limit', '2']);
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      'RECEIVED              SOURCE    TYPE                                 EVENT       STATUS    REASON OR OUTCOME',
      '2026-11-24 10:00:00Z  zendesk   unknown\u{fffd}[2J                          Z-1         refused   signature',
      '2026-11-24 10:00:00Z  dynamics  ContosoCustomerChangedBusinessEvent  5637144577  accepted  updated',
      '(2 of 9)',
      '',
    ]);
    expect(api.requests[0]).toMatchObject({ method: 'GET', url: '/api/connections/contoso/events?limit=2' });
  });

  it('are printed as answered with --json, whole without a limit', async () => {
    const answer = { items: [EVENT], total: 1 };
    const api = await startLoopback(() => ({ body: answer }));
    const { stdout } = await runCliAt(api.origin, ['events', 'contoso', '--json']);
    expect(JSON.parse(stdout)).toEqual(answer);
    expect(api.requests[0]?.url).toBe('/api/connections/contoso/events');
  });
});

const SUPPORT = {
  legalEntity: 'usmf',
  kind: 'customer',
  key: 'US-017',
  zendeskId: '77',
  open: 2,
  pending: 1,
  onHold: 0,
  urgent: 1,
  oldestOpenSince: '2026-11-20',
  lastActivityAt: '2026-11-24',
  satisfaction: { good: 0, bad: 0 },
  contactsWithOpen: 2,
  status: 'escalated',
  computedAt: '2026-11-24T10:00:00.000Z',
  writtenAt: '2026-11-24T10:00:01.000Z',
  written: 'Status: escalated',
  problem: null,
};

describe('support', () => {
  it('is a table of accounts, with the reason under one that could not be annotated', async () => {
    const problem = { code: 'account_missing', message: 'Dynamics 365 does not have the account any more.' };
    const gone = { ...SUPPORT, key: 'US-018', open: 0, urgent: 0, oldestOpenSince: null, writtenAt: null, problem };
    const api = await startLoopback(() => ({ body: { items: [SUPPORT, gone], total: 2 } }));
    const { stdout } = await runCliAt(api.origin, ['support', 'contoso']);
    const [head = '', first = '', second = '', note] = stdout.split('\n');
    expect(head).toMatch(/^LEGAL ENTITY +KIND +KEY +STATUS +OPEN +URGENT +PENDING +ON HOLD +CONTACTS +OLDEST OPEN/);
    expect(first).toMatch(
      /^usmf +customer +US-017 +escalated +2 +1 +1 +0 +2 +2026-11-20 +2026-11-24 +2026-11-24 10:00:01Z$/,
    );
    expect(second).toMatch(/^usmf +customer +US-018 +escalated +0 +0 +1 +0 +2 +2026-11-24$/);
    expect(note).toBe('    account_missing: Dynamics 365 does not have the account any more.');
  });

  it('is printed as answered with --json, and asked for by limit', async () => {
    const api = await startLoopback(() => ({ body: { items: [SUPPORT], total: 3 } }));
    const { stdout } = await runCliAt(api.origin, ['support', 'contoso', '--limit', '1', '--json']);
    expect(JSON.parse(stdout)).toEqual({ items: [SUPPORT], total: 3 });
    expect(api.requests[0]?.url).toBe('/api/connections/contoso/support?limit=1');
  });
});

const SCHEDULE = {
  id: 'master-sync/contoso',
  everyMs: 900_000,
  paused: false,
  note: null,
  nextAt: '2026-11-24T10:15:00.000Z',
  lastAt: null,
};

describe('schedule', () => {
  it('only shows the schedules without a change, with intervals as they are typed', async () => {
    const paused = { ...SCHEDULE, id: 'support-reconcile/contoso', everyMs: 90_000, paused: true, note: 'Waits.' };
    const api = await startLoopback(() => ({ body: { items: [SCHEDULE, paused], total: 2 } }));
    const { stdout } = await runCliAt(api.origin, ['schedule', 'contoso']);
    expect(stdout.split('\n')).toEqual([
      'SCHEDULE                   EVERY  STATE   NEXT                  LAST',
      'master-sync/contoso        15m    active  2026-11-24 10:15:00Z',
      'support-reconcile/contoso  90s    paused',
      '    Waits.',
      '',
    ]);
    expect(api.requests[0]).toMatchObject({ method: 'GET', url: '/api/connections/contoso/schedule' });
  });

  it.each([
    [['pause'], { paused: true }],
    [['resume'], { paused: false }],
    [['--every', '2h'], { everyMs: 7_200_000 }],
    [['resume', '--every', '7d'], { everyMs: 604_800_000, paused: false }],
  ])('sends the change that %j asks for', async (words, body) => {
    const answer = { items: [SCHEDULE], total: 1 };
    const api = await startLoopback(() => ({ body: answer }));
    const { code, stdout } = await runCliAt(api.origin, ['schedule', 'contoso', ...words, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(answer);
    const [request] = api.requests;
    expect(request).toMatchObject({ method: 'POST', url: '/api/connections/contoso/schedule' });
    expect(JSON.parse(request?.body ?? '')).toEqual(body);
  });
});

describe('connection wire', () => {
  it.each([
    ['subscription', 'Webhook 01JWEB is subscribed to ticket and user events.'],
    ['trigger', 'Webhook 01JWEB is called by a trigger when a ticket changes'],
  ])('says how the webhook is called: by %s', async (by, sentence) => {
    const api = await startLoopback(() => ({ body: { webhookId: '01JWEB', by } }));
    const plain = await runCliAt(api.origin, ['connection', 'wire', 'contoso']);
    expect(plain.code).toBe(0);
    expect(plain.stdout).toContain(sentence);
    const asJson = await runCliAt(api.origin, ['connection', 'wire', 'contoso', '--json']);
    expect(JSON.parse(asJson.stdout)).toEqual({ webhookId: '01JWEB', by });
    expect(api.requests[0]).toMatchObject({ method: 'POST', url: '/api/connections/contoso/wire' });
  });

  it('passes on why Zendesk could not be wired', async () => {
    const error = { code: 'workflow_failed', message: 'Zendesk: 403 to "webhooks.create".' };
    const api = await startLoopback(() => ({ status: 502, body: { error } }));
    const { code, stdout } = await runCliAt(api.origin, ['connection', 'wire', 'contoso', '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({ error });
  });
});
