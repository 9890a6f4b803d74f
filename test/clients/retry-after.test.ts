import { describe, expect, it } from '@jest/globals';
import { readRetryAfterMs } from '../../clients/retry-after.ts';

describe('reading a Retry-After', () => {
  const now = Date.parse('2026-11-24T10:00:00Z');

  it.each([
    ['7', 7_000],
    ['0', 1_000],
    ['86400', 900_000],
    ['Tue, 24 Nov 2026 10:00:20 GMT', 20_000],
    ['Tue, 24 Nov 2026 09:00:00 GMT', 1_000],
    [undefined, 30_000],
    ['soon', 30_000],
  ])('reads %p as %d ms', (header, waitMs) => {
    expect(readRetryAfterMs(header, now)).toBe(waitMs);
  });
});
