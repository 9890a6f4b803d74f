import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunningZendesk } from './running-zendesk.ts';
import { at, runZendesk } from './running-zendesk.ts';

type Wire = Readonly<Record<string, unknown>>;

let zendesk: RunningZendesk;
beforeEach(async () => {
  zendesk = await runZendesk();
});
afterEach(() => zendesk.close());

const ticketsOf = (body: unknown): readonly Wire[] => at(body, 'tickets') as readonly Wire[];

const requester = (): number => zendesk.server.state.seedUser({ name: 'R', email: 'r@x.example', verified: true }).id;

describe('tickets of the simulated Zendesk', () => {
  it('have metrics with the times at which they were assigned, solved and reopened', async () => {
    const { state, tickets } = zendesk.server;
    const { id } = state.seedTicket({ requester_id: requester(), status: 'open' });
    const metric = async (): Promise<Wire> =>
      at((await zendesk.send('GET', `tickets/${id}/metrics`)).body, 'ticket_metric') as Wire;
    expect(await metric()).toMatchObject({ ticket_id: id, solved_at: null, assigned_at: null, reopens: 0 });
    zendesk.pass(600);
    const agent = state.seedUser({ name: 'A', email: 'a@x.example', role: 'agent' }).id;
    tickets.change({ ids: [id] }, { status: 'solved', assignee_id: agent }, false);
    const { solved_at: solved, created_at: created, ...rest } = await metric();
    expect(Date.parse(String(solved)) - Date.parse(String(created))).toBeGreaterThanOrEqual(600_000);
    expect(rest).toMatchObject({ assigned_at: solved, status_updated_at: solved });
    zendesk.pass(60);
    tickets.change({ ids: [id] }, { status: 'open' }, false);
    expect(await metric()).toMatchObject({ reopens: 1, solved_at: solved });
  });

  it('embed metrics and dates on request, in lists, by ids and in the export', async () => {
    const { state } = zendesk.server;
    const times = {
      created_at: '2024-01-01T00:00:00Z',
      updated_at: '2024-02-01T00:00:00Z',
      solved_at: '2024-01-15T00:00:00Z',
    };
    const { id } = state.seedTicket({ requester_id: requester(), status: 'closed', ...times });
    for (const path of ['tickets?', `tickets/show_many?ids=${id}&`, 'incremental/tickets/cursor?start_time=0&']) {
      const [ticket] = ticketsOf((await zendesk.send('GET', `${path}include=metric_sets,dates`)).body);
      expect(ticket).toMatchObject({ created_at: times.created_at, updated_at: times.updated_at });
      expect(ticket).toMatchObject({
        metric_set: { solved_at: times.solved_at },
        dates: { solved_at: times.solved_at },
      });
      const [plain] = ticketsOf((await zendesk.send('GET', path)).body);
      expect(plain && ('metric_set' in plain || 'dates' in plain)).toBe(false);
    }
    expect((await zendesk.send('GET', 'ticket_metrics')).body).toMatchObject({
      ticket_metrics: [{ ticket_id: id }],
      count: 1,
    });
  });

  it('show a rating as an object, an offered rating by its score, and no rating as null', async () => {
    const { state, tickets } = zendesk.server;
    const ids = ['good', 'offered', null].map(
      () => state.seedTicket({ requester_id: requester0(), status: 'solved' }).id,
    );
    function requester0(): unknown {
      return state.users()[0]?.id;
    }
    tickets.change({ ids: [ids[0] ?? 0] }, { satisfaction: 'good' }, false);
    tickets.change({ ids: [ids[1] ?? 0] }, { satisfaction: 'offered' }, false);
    const shown = ticketsOf((await zendesk.send('GET', `tickets/show_many?ids=${ids.join()}`)).body);
    expect(shown.map((ticket) => ticket['satisfaction_rating'])).toEqual([
      { id: expect.any(Number), score: 'good', comment: null },
      { score: 'offered' },
      null,
    ]);
    expect(shown.every((ticket) => ticket['custom_status_id'] === null)).toBe(true);
  });

  it('stay in the cursor export when they are deleted, unless the query excludes them', async () => {
    const { tickets } = zendesk.server;
    tickets.generateOrganizations({ count: 2, externalIdPrefix: 'usmf:' });
    tickets.generate({ count: 4, statuses: ['open', 'solved'], priorities: ['urgent', null], daysAgo: 10 }, false);
    const first = await zendesk.send('GET', 'incremental/tickets/cursor?start_time=0');
    expect(ticketsOf(first.body)).toHaveLength(4);
    expect(first.body['end_of_stream']).toBe(true);
    expect(tickets.delete({ statuses: ['solved'], limit: 1 }, false).ids).toHaveLength(1);
    const cursor = String(first.body['after_cursor']);
    expect(ticketsOf((await zendesk.send('GET', `incremental/tickets/cursor?cursor=${cursor}`)).body)).toEqual([]);
    zendesk.pass(61);
    const next = await zendesk.send('GET', `incremental/tickets/cursor?cursor=${cursor}`);
    expect(ticketsOf(next.body)).toMatchObject([{ status: 'deleted' }]);
    const hidden = await zendesk.send('GET', `incremental/tickets/cursor?cursor=${cursor}&exclude_deleted=true`);
    expect([ticketsOf(hidden.body).length, hidden.body['end_of_stream']]).toEqual([0, true]);
    const [gone] = ticketsOf(next.body);
    expect((await zendesk.send('GET', `tickets/${String(gone?.['id'])}`)).status).toBe(404);
  });

  it('can be created, solved and deleted in bulk, and ten thousand are exported in eleven requests', async () => {
    const { tickets, state } = zendesk.server;
    const startedMs = Date.now();
    const { ids } = tickets.generateOrganizations({ count: 1_000, externalIdPrefix: 'usmf:C-' });
    expect(tickets.generate({ count: 10_000, statuses: ['new', 'open', 'pending', 'hold', 'solved'] }, true)).toEqual({
      from: 1,
      count: 10_000,
    });
    expect(tickets.change({ statuses: ['open'] }, { status: 'solved' }, true).ids).toHaveLength(2_000);
    expect(tickets.delete({ organizationIds: ids.slice(0, 100) }, true).ids).toHaveLength(1_000);
    expect(Date.now() - startedMs).toBeLessThan(5_000);
    zendesk.pass(120);
    let response = await zendesk.send('GET', 'incremental/tickets/cursor?start_time=0');
    const seen = [...ticketsOf(response.body)];
    let requests = 1;
    while (response.body['end_of_stream'] !== true) {
      response = await zendesk.send(
        'GET',
        `incremental/tickets/cursor?cursor=${String(response.body['after_cursor'])}`,
      );
      seen.push(...ticketsOf(response.body));
      requests += 1;
    }
    expect([new Set(seen.map(({ id }) => id)).size, requests <= 11]).toEqual([10_000, true]);
    expect(seen.filter(({ status }) => status === 'deleted')).toHaveLength(1_000);
    expect(new Set(state.tickets().map((one) => one.organization_id)).size).toBe(900);
  });

  it('move to the winner when their requester is merged into another end user', async () => {
    const { state } = zendesk.server;
    const [loser, winner] = [requester(), state.seedUser({ name: 'W', email: 'w@x.example' }).id];
    const { id } = state.seedTicket({ requester_id: loser });
    const merged = await zendesk.send('PUT', `users/${loser}/merge`, { body: { user: { id: winner } } });
    expect([merged.status, at(merged.body, 'user', 'id')]).toEqual([200, winner]);
    expect(at((await zendesk.send('GET', `tickets/${id}`)).body, 'ticket', 'requester_id')).toBe(winner);
    expect(at((await zendesk.send('GET', `users/${loser}`)).body, 'user', 'active')).toBe(false);
    const admin = Number(at((await zendesk.send('GET', 'users/me')).body, 'user', 'id'));
    expect((await zendesk.send('PUT', `users/${winner}/merge`, { body: { user: { id: admin } } })).status).toBe(403);
  });
});
