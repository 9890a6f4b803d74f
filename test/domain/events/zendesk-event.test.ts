import { describe, expect, it } from '@jest/globals';
import { readZendeskEvent } from '../../../domain/events/zendesk-event.ts';

const SUBSCRIBED = {
  account_id: 1,
  detail: { id: '99', subject: 'Printer on fire', status: 'OPEN', organization_id: '0' },
  event: { current: 'OPEN', previous: 'NEW' },
  id: '0a1b2c3d-4e5f-4071-a2b3-c4d5e6f70819',
  subject: 'zen:ticket:17',
  time: '2026-03-01T10:00:00.123456789Z',
  type: 'zen:event-type:ticket.status_changed',
};

describe('a delivery of Zendesk', () => {
  it('names a ticket or a user by its subject, and nothing else of it is taken', () => {
    expect(readZendeskEvent(SUBSCRIBED, 'INVOCATION')).toEqual({
      eventId: SUBSCRIBED.id,
      type: SUBSCRIBED.type,
      about: { record: 'ticket', zendeskId: '17' },
    });
    const user = { ...SUBSCRIBED, subject: 'zen:user:3900000000001', type: 'zen:event-type:user.merged' };
    expect(readZendeskEvent(user, '')?.about).toEqual({ record: 'user', zendeskId: '3900000000001' });
  });

  it.each(['zen:organization:5', 'zen:ticket:', 'zen:ticket:x', 'zen:ticket:17/../18', ' ', 'ticket:17'])(
    'about %p names no record',
    (subject) => {
      expect(readZendeskEvent({ ...SUBSCRIBED, subject }, 'I')).toMatchObject({ about: null });
    },
  );

  it('of our trigger names a ticket, and is this event by its id, else by its invocation', () => {
    expect(readZendeskEvent({ ledgerdesk: 1, ticket_id: '17' }, 'INVOCATION')).toEqual({
      eventId: 'INVOCATION',
      type: 'ledgerdesk:trigger',
      about: { record: 'ticket', zendeskId: '17' },
    });
    expect(readZendeskEvent({ ledgerdesk: 1, ticket_id: 17, id: 'own' }, 'I')?.eventId).toBe('own');
  });

  it.each([
    [null],
    [[]],
    ['text'],
    [{}],
    [{ id: 'x' }],
    [{ type: 'x' }],
    [{ id: '', type: 'x', subject: 'zen:ticket:1' }],
    [{ ledgerdesk: 1, ticket_id: '{{ticket.id}}' }],
    [{ ledgerdesk: 1 }],
  ])('cannot be %j', (payload) => {
    expect(readZendeskEvent(payload, 'I')).toBeUndefined();
  });

  it('of our trigger without any id cannot be read', () => {
    expect(readZendeskEvent({ ledgerdesk: 1, ticket_id: '17' }, '')).toBeUndefined();
  });
});
