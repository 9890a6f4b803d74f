import { describe, expect, it } from '@jest/globals';
import { compareEvents } from '../../../domain/events/same-event.ts';

describe('the comparison of events with the same ControlNumber', () => {
  it.each([
    ['the same event', { eventId: 'A', bodyHash: '1' }, { eventId: 'A', bodyHash: '1' }, 'same'],
    ['the same event with other content', { eventId: 'A', bodyHash: '1' }, { eventId: 'A', bodyHash: '2' }, 'changed'],
    ['another event id', { eventId: 'A', bodyHash: '1' }, { eventId: 'B', bodyHash: '2' }, 'other'],
    [
      'another event id with the same content',
      { eventId: 'A', bodyHash: '1' },
      { eventId: 'B', bodyHash: '1' },
      'other',
    ],
    ['events without ids', { eventId: null, bodyHash: '1' }, { eventId: null, bodyHash: '2' }, 'changed'],
    ['a first event whose id is forgotten', { eventId: null, bodyHash: '1' }, { eventId: 'B', bodyHash: '1' }, 'same'],
    ['a first event without an id', { eventId: null, bodyHash: '1' }, { eventId: 'B', bodyHash: '2' }, 'other'],
    ['a later event without an id', { eventId: 'A', bodyHash: '1' }, { eventId: null, bodyHash: '2' }, 'other'],
  ] as const)('tells %s', (...[, first, other, expected]) => {
    expect(compareEvents(first, other)).toBe(expected);
  });
});
