import { describe, expect, it } from '@jest/globals';
import { supportLoadOf } from '../../../domain/support/support-load.ts';
import { ticketStatusOf, type SupportTicket } from '../../../domain/support/support-ticket.ts';

const ticket = (id: number, members: Partial<SupportTicket> = {}): SupportTicket => ({
  id: String(id),
  organizationId: '7',
  requesterId: '1',
  status: 'open',
  priority: null,
  satisfaction: null,
  createdAt: '2026-01-10T08:00:00Z',
  updatedAt: '2026-01-10T08:00:00Z',
  solvedAt: null,
  ...members,
});

describe('the support of an account', () => {
  it('is nothing without tickets', () => {
    expect(supportLoadOf([])).toEqual({
      open: 0,
      pending: 0,
      onHold: 0,
      urgent: 0,
      contactsWithOpen: 0,
      oldestOpenSince: null,
      lastActivityAt: null,
      satisfaction: { good: 0, bad: 0 },
    });
  });

  it('counts by category: new and open are open, urgent are those of them', () => {
    const load = supportLoadOf([
      ticket(1, { status: 'new', priority: 'urgent' }),
      ticket(2, { priority: 'urgent' }),
      ticket(3, { priority: 'high' }),
      ticket(4, { status: 'pending', priority: 'urgent' }),
      ticket(5, { status: 'hold' }),
      ticket(6, { status: 'solved', priority: 'urgent' }),
      ticket(7, { status: 'closed' }),
    ]);
    expect(load).toMatchObject({ open: 3, urgent: 2, pending: 1, onHold: 1 });
  });

  it('counts each contact with an open ticket once', () => {
    const load = supportLoadOf([
      ticket(1, { requesterId: '1' }),
      ticket(2, { requesterId: '1' }),
      ticket(3, { requesterId: '2' }),
      ticket(4, { requesterId: null }),
      ticket(5, { requesterId: '3', status: 'pending' }),
    ]);
    expect(load.contactsWithOpen).toBe(2);
  });

  it('names the day of the oldest open ticket and of the last activity', () => {
    const load = supportLoadOf([
      ticket(1, { createdAt: '2026-01-05T23:59:59Z', updatedAt: '2026-01-06T00:00:00Z' }),
      ticket(2, { createdAt: '2026-01-04T00:00:00Z', updatedAt: '2026-01-04T00:00:00Z', status: 'pending' }),
      ticket(3, { createdAt: '2026-01-20T00:00:00Z', updatedAt: '2026-02-01T12:00:00Z', status: 'closed' }),
    ]);
    expect([load.oldestOpenSince, load.lastActivityAt]).toEqual(['2026-01-05', '2026-02-01']);
  });

  it('counts satisfaction of all that were not deleted', () => {
    const load = supportLoadOf([
      ticket(1, { status: 'solved', satisfaction: 'good' }),
      ticket(2, { status: 'closed', satisfaction: 'bad' }),
      ticket(3, { status: 'deleted', satisfaction: 'bad' }),
    ]);
    expect(load.satisfaction).toEqual({ good: 1, bad: 1 });
  });

  it('does not count deleted tickets', () => {
    expect(supportLoadOf([ticket(1, { status: 'deleted', priority: 'urgent' })])).toEqual(supportLoadOf([]));
  });
});

describe('the status of a ticket', () => {
  it.each([
    ['open', 'open'],
    ['OPEN', 'open'],
    ['Hold', 'hold'],
    ['New', 'new'],
    ['waiting for parts', 'open'],
  ])('%p counts as %s', (text, status) => {
    expect(ticketStatusOf(text)).toBe(status);
  });
});
