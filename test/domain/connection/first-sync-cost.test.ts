import { describe, expect, it } from '@jest/globals';
import { firstSyncCost } from '../../../domain/connection/first-sync-cost.ts';

describe('the cost of a first sync', () => {
  it.each([
    [[0], 0, { dynamics: 1, zendesk: 1 }],
    [[1], 0, { dynamics: 1, zendesk: 4 }],
    [[1_000], 0, { dynamics: 1, zendesk: 22 }],
    [[10_000], 0, { dynamics: 5, zendesk: 205 }],
    [[1_000, 50, 3_000], 0, { dynamics: 4, zendesk: 87 }],
    [[1_000], 4_200, { dynamics: 1, zendesk: 26 }],
  ])('with slices of %j and %i existing organizations is %j', (slices, organizations, cost) => {
    expect(firstSyncCost({ slices, organizations }, null)).toEqual({ ...cost, minutes: null });
  });

  it('counts a request for each user when bulk import is off, the refused job, and the fields to create', () => {
    const size = { slices: [32, 100], singles: [90, 210], organizations: 0, missingFields: 13 };
    expect(firstSyncCost(size, 100)).toEqual({ dynamics: 4, zendesk: 1 + 3 + 3 + 301 + 13, minutes: 4 });
    expect(firstSyncCost({ ...size, singles: [0] }, null).zendesk).toBe(1 + 3 + 3 + 13);
  });

  it('is given in minutes by the requests that are left to us, rounded up', () => {
    const size = { slices: [100_000], organizations: 0 };
    expect(firstSyncCost(size, 525)).toEqual({ dynamics: 50, zendesk: 2_041, minutes: 4 });
    expect(firstSyncCost(size, 150).minutes).toBe(14);
    expect(firstSyncCost(size, 0).minutes).toBe(2_041);
    expect(firstSyncCost({ slices: [1], organizations: 0 }, 525).minutes).toBe(1);
  });
});
