import type { AnswerHeaders } from '../classify.ts';

/** What an answer says of a limit. `resetSeconds` is the time until it is full again; null where it is not told. */
export interface RateState {
  readonly limit: number;
  readonly remaining: number;
  readonly resetSeconds: number | null;
}

/** The same of a limit of one endpoint; `name` is the header's own, e.g. `inflight-jobs`. */
export interface EndpointRate extends RateState {
  readonly name: string;
}

/** The spellings of the account's limit, newest first (Zendesk docs, Rate limits; X-Rate-Limit has no reset). */
const SPELLINGS = [
  { limit: 'ratelimit-limit', remaining: 'ratelimit-remaining', reset: 'ratelimit-reset' },
  { limit: 'rate-limit', remaining: 'rate-limit-remaining', reset: 'rate-limit-reset' },
  { limit: 'x-rate-limit', remaining: 'x-rate-limit-remaining', reset: 'x-rate-limit-reset' },
] as const;

/** Reads the account's limit from any of its spellings; the reset may come from another one. Null when there is none. */
export function readRateHeaders(headers: AnswerHeaders): RateState | null {
  const read = (name: string): number | null => readCount(headers[name]);
  const resetSeconds = SPELLINGS.map(({ reset }) => read(reset)).find((seconds) => seconds !== null) ?? null;
  for (const spelling of SPELLINGS) {
    const limit = read(spelling.limit);
    const remaining = read(spelling.remaining);
    if (limit !== null && remaining !== null) return { limit, remaining, resetSeconds };
  }
  return null;
}

/** Reads the limits of single endpoints: `zendesk-ratelimit-<name>: total=100; remaining=99; resets=41`, old spelling too. */
export function readEndpointRates(headers: AnswerHeaders): readonly EndpointRate[] {
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
