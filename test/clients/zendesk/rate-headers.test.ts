import { describe, expect, it } from '@jest/globals';
import { readEndpointRates, readRateHeaders } from '../../../clients/zendesk/rate-headers.ts';

describe('the rate limit of a response', () => {
  it('is read from each variant of the account headers', () => {
    const state = { limit: 700, remaining: 699, resetSeconds: 41 };
    expect(
      readRateHeaders({ 'ratelimit-limit': '700', 'ratelimit-remaining': '699', 'ratelimit-reset': '41' }),
    ).toEqual(state);
    expect(readRateHeaders({ 'rate-limit': '700', 'rate-limit-remaining': '699', 'rate-limit-reset': '41' })).toEqual(
      state,
    );
    expect(readRateHeaders({ 'x-rate-limit': '700', 'x-rate-limit-remaining': '699' })).toEqual({
      ...state,
      resetSeconds: null,
    });
  });

  it('uses the reset of a newer variant together with the old limit', () => {
    const headers = { 'x-rate-limit': '400', 'x-rate-limit-remaining': '0', 'ratelimit-reset': '5' };
    expect(readRateHeaders(headers)).toEqual({ limit: 400, remaining: 0, resetSeconds: 5 });
  });

  it('is null if headers are missing or not numbers', () => {
    expect(readRateHeaders({})).toBeNull();
    expect(readRateHeaders({ 'x-rate-limit': '400' })).toBeNull();
    expect(readRateHeaders({ 'x-rate-limit': 'many', 'x-rate-limit-remaining': 'few' })).toBeNull();
  });

  it('is read for single endpoints in both variants', () => {
    const headers = {
      'zendesk-ratelimit-inflight-jobs': 'total=30; remaining=29; resets=60',
      'zendesk-rate-limit-tickets-update': 'total=20;remaining=0',
      'zendesk-ratelimit-broken': 'soon',
    };
    expect(readEndpointRates(headers)).toEqual([
      { name: 'inflight-jobs', limit: 30, remaining: 29, resetSeconds: 60 },
      { name: 'tickets-update', limit: 20, remaining: 0, resetSeconds: null },
    ]);
  });
});
