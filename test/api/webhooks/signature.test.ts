import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { isSigned } from '../../../api/webhooks/signature.ts';
import { isRecent } from '../../../api/webhooks/timestamp.ts';

/** Computed once with Python's hmac over the timestamp and the body, and copied here. */
const VECTOR = {
  secret: 'Vh9wLcz2Lr-not-base64-at-all_7Qm',
  timestamp: '2026-03-01T12:34:56Z',
  body: Buffer.from(
    '{\n   "account_id": 22129848,\n   "id": "0a1b2c3d-4e5f-4071-a2b3-c4d5e6f70819",\n   "subject": "zen:ticket:17",\n' +
      '   "note": "Grüße – ✓"\n}\n',
  ),
  signature: 'W3ZrzwrFuaE7sShRPhbbX4uZg8HRo4OcH2eojY7YPd4=',
};
const PUBLIC_TEST_SECRET = 'dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==';

describe('the signature of a delivery', () => {
  const { secret, signature } = VECTOR;
  const check = (change: Partial<typeof VECTOR>, secrets: readonly string[] = [secret]): boolean =>
    isSigned({ ...VECTOR, ...change }, secrets);

  it('is the one that another implementation computes', () => {
    expect(check({})).toBe(true);
  });

  it('may be of either of two secrets', () => {
    expect(check({}, ['another', secret])).toBe(true);
    expect(check({}, [secret, 'another'])).toBe(true);
    expect(check({}, ['another', 'a third'])).toBe(false);
    expect(check({}, [])).toBe(false);
  });

  it.each([
    ['none', ''],
    ['short', signature.slice(0, -5)],
    ['long', `${signature}A`],
    ['without its padding', signature.slice(0, -1)],
    ['with a blank', `${signature} `],
    ['not base64', '*'.repeat(44)],
    ['in the alphabet of URLs', signature.replaceAll('/', '_').replaceAll('+', '-').replace('W3', '-_')],
    ['as digits', Buffer.from(signature, 'base64').toString('hex')],
    ['the same bytes written in another way', signature.replace('Pd4=', 'Pd5=')],
    ['of other bytes', signature.replace('W', 'X')],
  ])('is refused: %s', (_what, given) => {
    expect(check({ signature: given })).toBe(false);
  });

  it('is over the timestamp first and the body as it came', () => {
    const [timestamp, body] = [VECTOR.timestamp, VECTOR.body];
    const swapped = createHmac('sha256', secret).update(body).update(timestamp).digest('base64');
    expect(check({ signature: swapped })).toBe(false);
    expect(check({ body: Buffer.concat([body, Buffer.from(' ')]) })).toBe(false);
    expect(check({ body: Buffer.from(JSON.stringify(JSON.parse(body.toString()))) })).toBe(false);
    expect(check({ timestamp: '2026-03-01T12:34:57Z' })).toBe(false);
  });

  it.each([[PUBLIC_TEST_SECRET], ['']])('with the secret %p, which everybody knows, is worth nothing', (known) => {
    const mac = createHmac('sha256', known).update(VECTOR.timestamp).update(VECTOR.body).digest('base64');
    expect(check({ signature: mac }, [known])).toBe(false);
    expect(check({ signature: mac }, [secret, known])).toBe(false);
  });
});

describe('the time of a delivery', () => {
  const now = new Date('2026-03-01T12:00:00Z');

  it.each([
    ['2026-03-01T12:00:00Z', true],
    ['2026-03-01T11:55:00Z', true],
    ['2026-03-01T12:05:00.000Z', true],
    ['2026-03-01T11:54:59Z', false],
    ['2026-03-01T11:54:59.999Z', false],
    ['2026-03-01T12:05:01Z', false],
    ['2026-03-01T12:00:00', false],
    ['2026-03-01T12:00:00+00:00', false],
    ['2026-03-01 12:00:00Z', false],
    ['2026-03-01', false],
    ['1772366400', false],
    ['2026-13-01T12:00:00Z', false],
    ['2026-03-01T12:00:00Z{', false],
    ['2026-03-01T12:00:00Z\n', false],
    ['', false],
  ])('%p is recent: %p', (timestamp, recent) => {
    expect(isRecent(timestamp, now)).toBe(recent);
  });
});
