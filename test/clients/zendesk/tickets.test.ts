import { afterEach, describe, expect, it } from '@jest/globals';
import type { SupportTicket } from '../../../domain/support/support-ticket.ts';
import { closeLoopbacks } from '../../fixtures/loopback.ts';
import { failureOf } from '../kit.ts';
import { clientOf, closeTestZendesk, startTestZendesk } from './kit.ts';

afterEach(closeLoopbacks);
afterEach(closeTestZendesk);

/** A ticket, as in Zendesk's documentation, shortened. Ledgerdesk must not read the texts. */
const WIRE = {
  url: 'https://contoso.zendesk.com/api/v2/tickets/35436.json',
  id: 35436,
  external_id: null,
  via: { channel: 'web' },
  created_at: '2026-11-20T10:00:00Z',
  updated_at: '2026-11-20T12:00:00.750+02:00',
  generated_timestamp: 1764000000,
  subject: 'canary subject',
  raw_subject: 'canary subject',
  description: 'canary description',
  priority: 'urgent',
  status: 'open',
  custom_status_id: 77,
  requester_id: 19856122753301,
  organization_id: 19856122753300,
  tags: ['canary'],
  satisfaction_rating: { id: 1, score: 'good_with_comment', comment: 'canary comment' },
};

const TICKET: SupportTicket = {
  id: '35436',
  organizationId: '19856122753300',
  requesterId: '19856122753301',
  status: 'open',
  priority: 'urgent',
  satisfaction: 'good',
  createdAt: '2026-11-20T10:00:00Z',
  updatedAt: '2026-11-20T10:00:00Z',
  solvedAt: null,
};

const responseWith = (tickets: readonly object[], others: object = {}): { body: object } => ({
  body: { tickets, after_cursor: 'MTU3', after_url: 'https://other.example/', end_of_stream: true, ...others },
});

describe('a ticket of Zendesk', () => {
  it('is read without texts that users wrote', async () => {
    const { client, server } = await clientOf(responseWith([WIRE]));
    expect(await client.showTickets(['35436', '35437'])).toEqual([TICKET]);
    expect(server.requests.map(({ url }) => url)).toEqual([
      '/api/v2/tickets/show_many?ids=35436,35437&include=metric_sets',
    ]);
  });

  it.each([
    ['organization_id', '0', { organizationId: null }],
    ['organization_id', 0, { organizationId: null }],
    ['organization_id', null, { organizationId: null }],
    ['organization_id', '9007199254740993', { organizationId: '9007199254740993' }],
    ['requester_id', -1, { requesterId: null }],
    ['status', 'HOLD', { status: 'hold' }],
    ['status', 'something new', { status: 'open' }],
    ['priority', null, { priority: null }],
    ['priority', 'unknown', { priority: null }],
    ['satisfaction_rating', null, { satisfaction: null }],
    ['satisfaction_rating', { score: 'offered' }, { satisfaction: null }],
    ['satisfaction_rating', { score: 'unoffered' }, { satisfaction: null }],
    ['satisfaction_rating', { score: 'good' }, { satisfaction: 'good' }],
    ['satisfaction_rating', { score: 'bad' }, { satisfaction: 'bad' }],
    ['satisfaction_rating', { score: 'bad_with_comment' }, { satisfaction: 'bad' }],
    ['metric_set', { solved_at: '2026-11-21T08:00:00Z' }, { solvedAt: '2026-11-21T08:00:00Z' }],
    ['metric_set', { solved_at: null }, { solvedAt: null }],
  ])('with %s %j is read as %j', async (name, value, expected) => {
    const { client } = await clientOf(responseWith([{ ...WIRE, [name]: value }]));
    expect(await client.showTickets(['35436'])).toEqual([{ ...TICKET, ...expected }]);
  });

  it('is also read with its solved time from a separate list', async () => {
    const metric_sets = [
      { ticket_id: 35436, solved_at: '2026-11-21T08:00:00Z' },
      { ticket_id: 35437, solved_at: null },
    ];
    const { client } = await clientOf(responseWith([WIRE, { ...WIRE, id: 35437 }], { metric_sets }));
    const solvedAt = '2026-11-21T08:00:00Z';
    expect(await client.showTickets(['35436'])).toEqual([
      { ...TICKET, solvedAt },
      { ...TICKET, id: '35437' },
    ]);
  });

  it('that was permanently deleted may have only an id and a time, and is only in the export', async () => {
    const gone = { id: 7, status: 'deleted', updated_at: '2026-11-22T00:00:00Z', subject: 'SCRUBBED' };
    const { client } = await clientOf(responseWith([gone]));
    expect((await client.exportTickets({ startTime: 1 })).tickets).toEqual([
      {
        id: '7',
        organizationId: null,
        requesterId: null,
        status: 'deleted',
        priority: null,
        satisfaction: null,
        createdAt: '2026-11-22T00:00:00Z',
        updatedAt: '2026-11-22T00:00:00Z',
        solvedAt: null,
      },
    ]);
    expect(await client.showTickets(['7'])).toEqual([]);
  });

  it.each([
    ['status', undefined],
    ['created_at', null],
    ['updated_at', 'yesterday'],
    ['organization_id', {}],
  ])('with %s %j is an error, without the value in the message', async (name, value) => {
    const { client } = await clientOf(responseWith([{ ...WIRE, [name]: value }]));
    const failure = await failureOf(client.showTickets(['35436']));
    expect(failure.kind).toBe('unexpected');
    expect(failure.detail).toContain(`tickets.0.${name}`);
    expect(failure.message).not.toContain('canary');
  });

  it('is looked up with at most 99 others', async () => {
    const { client } = await clientOf(responseWith([]));
    const ids = Array.from({ length: 101 }, (_, at) => String(at + 1));
    expect(await client.showTickets(ids.slice(1))).toEqual([]);
    await expect(client.showTickets(ids)).rejects.toThrow('At most 100');
    expect(await client.showTickets([])).toEqual([]);
  });
});

describe('an export by cursor', () => {
  it('begins at a time, continues after a cursor, and returns the same cursor at the end', async () => {
    const pages = [
      responseWith([WIRE], { after_cursor: 'a=|', end_of_stream: false }),
      responseWith([{ ...WIRE, id: 8 }], { after_cursor: 'b' }),
      responseWith([], { after_cursor: null }),
    ];
    const { client, server, recorder } = await clientOf((_request, { nth }) => pages[nth - 1]);
    const first = await client.exportTickets({ startTime: 1_700_000_000 });
    expect(first).toEqual({ tickets: [TICKET], cursor: 'a=|', endOfStream: false });
    const second = await client.exportTickets({ cursor: first.cursor ?? '' });
    expect(second).toMatchObject({ tickets: [{ id: '8' }], cursor: 'b', endOfStream: true });
    expect(await client.exportTickets({ cursor: 'b', pageSize: 100 })).toEqual({
      tickets: [],
      cursor: 'b',
      endOfStream: true,
    });
    const path = '/api/v2/incremental/tickets/cursor';
    expect(server.requests.map(({ url }) => url)).toEqual([
      `${path}?start_time=1700000000&per_page=1000&include=metric_sets`,
      `${path}?cursor=a%3D%7C&per_page=1000&include=metric_sets`,
      `${path}?cursor=b&per_page=100&include=metric_sets`,
    ]);
    expect(recorder.ended.map(({ buckets }) => buckets)).toEqual(Array(3).fill(['account', 'incremental']));
  });

  it('has no cursor if nothing has ever changed', async () => {
    const { client } = await clientOf(responseWith([], { after_cursor: null, users: [] }));
    const none = { cursor: null, endOfStream: true };
    expect(await client.exportTickets({ startTime: 1 })).toEqual({ tickets: [], ...none });
    expect(await client.exportUsers({ startTime: 1 })).toEqual({ users: [], ...none });
  });

  it.each([
    [{ startTime: 1 }, null],
    [{ cursor: 'a' }, null],
  ])('with %j does not continue with %j if the page is not the last', async (wanted, after_cursor) => {
    const { client } = await clientOf(responseWith([], { users: [], after_cursor, end_of_stream: false }));
    const failures = [await failureOf(client.exportTickets(wanted)), await failureOf(client.exportUsers(wanted))];
    for (const failure of failures)
      expect(failure).toMatchObject({ kind: 'unexpected', detail: expect.stringContaining('has no cursor') });
  });

  it('with status 429 limits the bucket of exports', async () => {
    const description = 'Number of allowed incremental export API requests per minute exceeded';
    const body = { error: 'APIRateLimitExceeded', description };
    const { client } = await clientOf({ status: 429, headers: { 'retry-after': '21' }, body });
    const limited = { kind: 'limited', bucket: 'incremental', retryAfterMs: 21_000 };
    expect(await failureOf(client.exportTickets({ cursor: 'a' }))).toMatchObject(limited);
    expect(await failureOf(client.exportUsers({ cursor: 'a' }))).toMatchObject(limited);
  });
});

describe('tickets of the simulated Zendesk', () => {
  it('are shown by id, and exported page by page including deleted ones', async () => {
    const { client, zendesk } = await startTestZendesk();
    const organization = zendesk.state.seedOrganization({ name: 'Contoso' });
    const user = zendesk.state.seedUser({
      name: 'Ann',
      email: 'ann@contoso.example',
      organization_id: organization.id,
    });
    const created = { requester_id: user.id, description: 'canary', created_at: '2026-11-01T00:00:00Z' };
    const seeded = [1, 2, 3, 4, 5].map((at) =>
      zendesk.state.seedTicket({ ...created, updated_at: `2026-11-0${at}T00:00:00Z` }),
    );
    const ids = seeded.map(({ id }) => String(id));
    zendesk.state.editTicket(seeded[1]?.id ?? 0, { status: 'solved', satisfaction: 'good', priority: 'high' });
    zendesk.state.deleteTicket(seeded[4]?.id ?? 0);

    const shown = await client.showTickets([...ids, '99999']);
    expect(shown.map(({ id }) => id)).toEqual(ids.slice(0, 4));
    expect(shown[0]).toEqual({
      id: ids[0],
      organizationId: String(organization.id),
      requesterId: String(user.id),
      status: 'new',
      priority: null,
      satisfaction: null,
      createdAt: '2026-11-01T00:00:00Z',
      updatedAt: '2026-11-01T00:00:00Z',
      solvedAt: null,
    });

    const found: SupportTicket[] = [];
    let page = await client.exportTickets({ startTime: 1, pageSize: 2 });
    for (;;) {
      found.push(...page.tickets);
      if (page.endOfStream) break;
      page = await client.exportTickets({ cursor: page.cursor ?? '', pageSize: 2 });
    }
    expect(found.map(({ id }) => id).sort()).toEqual([...ids].sort());
    expect(found.find(({ id }) => id === ids[4])?.status).toBe('deleted');
    expect(found.find(({ id }) => id === ids[1])).toMatchObject({
      status: 'solved',
      priority: 'high',
      solvedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });

    const cursor = page.cursor ?? '';
    expect(await client.exportTickets({ cursor })).toEqual({ tickets: [], cursor, endOfStream: true });
  });

  it('are not exported with an invalid cursor, or from a time that is too recent', async () => {
    const { client } = await startTestZendesk({ exportExcludesNewestSeconds: 60 });
    expect((await failureOf(client.exportTickets({ cursor: 'nonsense' }))).kind).toBe('refused');
    expect((await failureOf(client.exportTickets({ startTime: 4_000_000_000 }))).kind).toBe('refused');
  });

  it('are exported ten times a minute, including exports of users', async () => {
    const { client } = await startTestZendesk();
    for (let at = 0; at < 5; at += 1) {
      await client.exportTickets({ startTime: 1 });
      await client.exportUsers({ startTime: 1 });
    }
    expect(await failureOf(client.exportTickets({ startTime: 1 }))).toMatchObject({
      kind: 'limited',
      bucket: 'incremental',
    });
    expect(await client.showTickets(['1'])).toEqual([]);
  });
});

describe('users of the simulated Zendesk', () => {
  it('are exported by cursor, including deleted and suspended ones', async () => {
    const { client, zendesk } = await startTestZendesk();
    const [ann, bob, cy] = ['ann', 'bob', 'cy'].map((name) =>
      zendesk.state.seedUser({ name, email: `${name}@contoso.example`, suspended: name === 'bob' }),
    );
    zendesk.state.deleteUser(cy?.id ?? 0);
    const { users, cursor, endOfStream } = await client.exportUsers({ startTime: 1 });
    expect(endOfStream).toBe(true);
    const seen = (id: number | undefined): unknown => users.find((user) => user.id === String(id));
    expect(seen(ann?.id)).toMatchObject({ name: 'ann', isActive: true, isSuspended: false });
    expect(seen(bob?.id)).toMatchObject({ isActive: true, isSuspended: true });
    expect(seen(cy?.id)).toMatchObject({ isActive: false, email: null });
    expect((await client.exportUsers({ cursor: cursor ?? '' })).users).toEqual([]);
  });
});
