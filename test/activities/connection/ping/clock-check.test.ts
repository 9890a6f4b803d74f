import { describe, expect, it } from '@jest/globals';
import { clockResult } from '../../../../activities/connection/ping/clock-check.ts';

describe('the clock of this machine', () => {
  it.each([0, 59_999, -60_000])('is correct if it is %i ms ahead', (skewMs) => {
    expect(clockResult('zendesk', skewMs)).toEqual({
      status: 'ok',
      detail: 'The clocks of this machine and of Zendesk agree within a minute.',
    });
  });

  it.each([
    [61_000, 'The clock of this machine is 61 s ahead of that of Dynamics 365. '],
    [-600_000, 'The clock of this machine is 600 s behind that of Dynamics 365. '],
  ])('results in a warning if it is %i ms ahead', (skewMs, text) => {
    const found = clockResult('dynamics', skewMs);
    expect(found).toMatchObject({ status: 'warn', fix: expect.stringContaining('time server') as unknown });
    expect(found.detail).toContain(text);
  });

  it('is not compared if the responses of the system have no date', () => {
    expect(clockResult('zendesk', null)).toMatchObject({ status: 'ok' });
  });
});
