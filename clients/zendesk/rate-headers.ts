import type { ResponseHeaders } from '../classify.ts';

/**
 * The state of a rate limit in a response. `resetSeconds` is the time until it resets; null if the response does not
 * say.
 */
export interface RateState {
  readonly limit: number;
  readonly remaining: number;
  readonly resetSeconds: number | null;
}

/** The state of the rate limit of one endpoint. `name` is the part of the header's name, such as `inflight-jobs`. */
export interface EndpointRate extends RateState {
  readonly name: string;
}

/** The spellings of the account's limit, newest first (Zendesk docs, Rate limits; X-Rate-Limit has no reset). */
const SPELLINGS = [
  { limit: 'ratelimit-limit', remaining: 'ratelimit-remaining', reset: 'ratelimit-reset' },
  { limit: 'rate-limit', remaining: 'rate-limit-remaining', reset: 'rate-limit-reset' },
  { limit: 'x-rate-limit', remaining: 'x-rate-limit-remaining', reset: 'x-rate-limit-reset' },
] as const;

/**
 * Returns the account's limit from any of its spellings; null when there is none. The reset may come from another
 * spelling.
 */
export function readRateHeaders(headers: ResponseHeaders): RateState | null {
  const read = (name: string): number | null => readCount(headers[name]);
  const resetSeconds = SPELLINGS.map(({ reset }) => read(reset)).find((seconds) => seconds !== null) ?? null;
  for (const spelling of SPELLINGS) {
    const limit = read(spelling.limit);
    const remaining = read(spelling.remaining);
    if (limit !== null && remaining !== null) return { limit, remaining, resetSeconds };
  }
  return null;
}

/**
 * Returns the limits of single endpoints: `zendesk-ratelimit-<name>: total=100; remaining=99; resets=41`, or the old
 * spelling.
 */
export function readEndpointRates(headers: ResponseHeaders): readonly EndpointRate[] {
  return Object.entries(headers).flatMap(([header, value]) => {
    const name = /^zendesk-rate-?limit-(.+)$/.exec(header)?.[1];
    const part = (key: string): number | null =>
      readCount(new RegExp(`\\b${key}\\s*=\\s*(\\d+)`, 'i').exec(value)?.[1]);
    const limit = part('total');
    const remaining = part('remaining');
    if (name === undefined || limit === null || remaining === null) return [];
    return [{ name, limit, remaining, resetSeconds: part('resets') }];
  });
}

function readCount(text: string | undefined): number | null {
  const first = text?.split(',')[0]?.trim() ?? '';
  return /^\d+(\.\d+)?$/.test(first) ? Number(first) : null;
}
