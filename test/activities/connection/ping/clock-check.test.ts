import { describe, expect, it } from '@jest/globals';
import { clockResult } from '../../../../activities/connection/ping/clock-check.ts';

describe('our clock beside that of a system', () => {
  it.each([0, 59_999, -60_000])('is right when it is %i ms ahead', (skewMs) => {
    expect(clockResult('zendesk', skewMs)).toEqual({
      status: 'ok',
      detail: 'Our clock and that of Zendesk agree within a minute.',
    });
  });

  it.each([
    [61_000, 'Our clock is 61 s ahead of that of Dynamics 365: '],
    [-600_000, 'Our clock is 600 s behind that of Dynamics 365: '],
  ])('is a warning when it is %i ms ahead', (skewMs, words) => {
    const found = clockResult('dynamics', skewMs);
    expect(found).toMatchObject({ status: 'warn', fix: expect.stringContaining('time server') as unknown });
    expect(found.detail).toContain(words);
  });

  it('is not compared when the answers of the system have no date', () => {
    expect(clockResult('zendesk', null)).toMatchObject({ status: 'ok' });
  });
});
