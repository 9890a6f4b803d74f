import { describe, expect, it } from '@jest/globals';
import { DEFAULT_REVIEW } from '../../../domain/connection/review-settings.ts';
import { heldByLimits, heldError, heldForApproval } from '../../../domain/review/held.ts';
import {
  addCounts,
  countLimited,
  judgeLimits,
  largestCounts,
  NO_OPERATIONS,
  type OperationCounts,
} from '../../../domain/review/limits.ts';

const counts = (members: Partial<OperationCounts>): OperationCounts => ({ ...NO_OPERATIONS, ...members });

/** Returns the names of the tripped limits under the default settings: 25 %, 50 %, 5 %, above 100, 100, 20. */
function tripped(
  linked: number,
  planned: Partial<OperationCounts>,
  byEvents: Partial<OperationCounts> = {},
): readonly string[] {
  const limits = judgeLimits(counts(planned), { linked, byEvents: counts(byEvents) }, DEFAULT_REVIEW);
  return limits.filter((limit) => limit.tripped).map(({ name }) => name);
}

const ALL = ['create', 'update', 'retire'];

describe('a limit', () => {
  it.each([
    { linked: 10, planned: { create: 100, update: 100, retire: 20 }, exceeded: [], at: 'the floor' },
    { linked: 10, planned: { create: 101, update: 101, retire: 21 }, exceeded: ALL, at: 'one above the floor' },
    { linked: 1_000, planned: { create: 250, update: 500, retire: 50 }, exceeded: [], at: 'the share' },
    { linked: 1_000, planned: { create: 251, update: 501, retire: 51 }, exceeded: ALL, at: 'one above the share' },
    { linked: 10_000, planned: { create: 2_000, update: 4_000, retire: 400 }, exceeded: [], at: 'less than the share' },
    { linked: 1_000, planned: { create: 251, update: 500 }, exceeded: ['create'], at: 'one above one share' },
    { linked: 401, planned: { create: 100, update: 201 }, exceeded: ['update'], at: 'a share that is no whole number' },
    { linked: 0, planned: { create: 101 }, exceeded: ['create'], at: 'one above the floor, with nothing linked' },
  ])('is judged by the number that is planned: $at', ({ linked, planned, exceeded }) => {
    expect(tripped(linked, planned)).toEqual(exceeded);
  });

  it('includes what events have written, and is not tripped by them alone', () => {
    expect(tripped(300, { update: 100 }, { update: 50 })).toEqual([]);
    expect(tripped(300, { update: 101 }, { update: 50 })).toEqual(['update']);
    expect(tripped(300, { update: 0 }, { update: 500 })).toEqual([]);
    expect(tripped(300, { create: 1 }, { update: 500 })).toEqual([]);
  });

  it('is shown with the planned and the allowed number', () => {
    const basis = { linked: 1_000, byEvents: counts({ update: 7 }) };
    expect(judgeLimits(counts({ update: 600 }), basis, DEFAULT_REVIEW)).toEqual([
      { name: 'create', planned: 0, allowed: 250, tripped: false },
      { name: 'update', planned: 607, allowed: 500, tripped: true },
      { name: 'retire', planned: 0, allowed: 50, tripped: false },
    ]);
  });

  it('is exact for shares that are no binary fractions', () => {
    const settings = { ...DEFAULT_REVIEW, share: { create: 0.07, update: 0.29, retire: 0.57 } };
    const allowed = judgeLimits(NO_OPERATIONS, { linked: 10_000, byEvents: NO_OPERATIONS }, settings);
    expect(allowed.map((limit) => limit.allowed)).toEqual([700, 2_900, 5_700]);
  });

  it('of 0 % and floor 0 allows nothing, and of 100 % everything that is linked', () => {
    const none = { share: { create: 0, update: 0, retire: 0 }, floor: { create: 0, update: 0, retire: 0 } };
    const [create] = judgeLimits(counts({ create: 1 }), { linked: 500, byEvents: NO_OPERATIONS }, none);
    expect(create).toEqual({ name: 'create', planned: 1, allowed: 0, tripped: true });
    const all = { ...none, share: { create: 1, update: 1, retire: 1 } };
    const [, update] = judgeLimits(counts({ update: 500 }), { linked: 500, byEvents: NO_OPERATIONS }, all);
    expect(update).toEqual({ name: 'update', planned: 500, allowed: 500, tripped: false });
  });
});

describe('planned operations', () => {
  const planned = [
    { operation: 'create', key: 'A1' },
    { operation: 'create', key: 'A2' },
    { operation: 'update', key: 'A3' },
    { operation: 'adopt', key: 'A4' },
    { operation: 'retire', key: 'A5' },
  ] as const;

  it('count by their limit. An adoption is an update', () => {
    expect(countLimited(planned, { leftOver: new Set() })).toEqual({ create: 2, update: 2, retire: 1 });
  });

  it('do not count in a legal entity and kind of which no run has completed', () => {
    expect(countLimited(planned, undefined)).toEqual(NO_OPERATIONS);
  });

  it('do not count if they are creates that the first run left over', () => {
    const leftOver = new Set(['A1', 'A3', 'A5']);
    expect(countLimited(planned, { leftOver })).toEqual({ create: 1, update: 2, retire: 1 });
  });

  it('add up', () => {
    expect(addCounts(counts({ create: 1 }), counts({ create: 2, retire: 3 }))).toEqual(
      counts({ create: 3, retire: 3 }),
    );
    expect(addCounts()).toEqual(NO_OPERATIONS);
  });
});

it('only the records of completed slices can exceed a limit', () => {
  const slice = { legalEntity: 'usmf', kind: 'customer', linked: 70, unlinked: 30, isCompleted: true };
  const fresh = { ...slice, legalEntity: 'frrt', unlinked: 5_000, isCompleted: false };
  expect(largestCounts([slice, fresh])).toEqual({ create: 30, update: 100, retire: 70 });
});

describe('a held run', () => {
  it('says which limits it would exceed', () => {
    const basis = { linked: 1_000, byEvents: NO_OPERATIONS };
    const held = heldByLimits(judgeLimits(counts({ create: 300, update: 600 }), basis, DEFAULT_REVIEW));
    expect(held?.code).toBe('limits_exceeded');
    expect(held?.reason).toContain('create 300 (at most 250), update 600 (at most 500)');
    expect(heldByLimits(judgeLimits(NO_OPERATIONS, basis, DEFAULT_REVIEW))).toBeUndefined();
  });

  it('names its plan and the commands that show it, approve it, and let one sync go', () => {
    const { code, message } = heldError(heldForApproval(3), { connectionId: 'contoso', planId: 'P-1', hash: 'abc' });
    expect(code).toBe('approval_required');
    for (const command of [
      'ledgerdesk plan P-1 --changes',
      'ledgerdesk approve P-1 --hash abc',
      'ledgerdesk sync contoso --accept-limits',
    ])
      expect(message).toContain(command);
  });
});
