import type { Clock } from '../core/clock.ts';
import { listedError, Refusal } from './refusal.ts';
import type { ZendeskSettings } from './settings.ts';
import type { WindowState } from './windows.ts';
import { createWindows } from './windows.ts';

/** The headers of a response. */
export type Headers = Readonly<Record<string, string>>;

/** The rate limits of Zendesk's docs. Each function returns headers, or throws a 429. */
export interface RateLimits {
  account(): Headers;
  incremental(): Headers;
  organizationUpdate(id: number): Headers;
  userUpdate(id: number | string): Headers;
  ticketUpdate(id: number): Headers;
}

/** Creates the rate limits of an account, with no requests counted. */
export function createRateLimits(clock: Clock, settings: ZendeskSettings): RateLimits {
  const minute = createWindows(clock, 60);
  const second = createWindows(clock, 1);
  const tenMinutes = createWindows(clock, 600);
  return {
    account: () => {
      const state = minute.take('account', settings.rateLimitPerMinute, settings.otherAppsRequestsPerMinute);
      const headers = accountHeaders(state);
      return passOr(state, headers, () => requestsExceeded('API requests', state, headers));
    },
    incremental: () => {
      const state = minute.take('incremental', settings.incrementalPerMinute);
      const headers = endpointHeader('incremental-exports', state);
      return passOr(state, headers, () => requestsExceeded('incremental export API requests', state, headers));
    },
    organizationUpdate: (id) => {
      const state = minute.take(`organization ${id}`, settings.organizationUpdatesPerMinute);
      return passOr(state, endpointHeader('update-organization', state), () =>
        tooManyUpdates(state, 'update-organization'),
      );
    },
    userUpdate: (id) => {
      const all = second.take('users', settings.userUpdatesPerSecond);
      const state = all.allowed ? minute.take(`user ${id}`, settings.userUpdatesPerMinute) : all;
      return passOr(state, endpointHeader('create-update-user', state), () =>
        tooManyUpdates(state, 'create-update-user'),
      );
    },
    ticketUpdate: (id) => {
      const state = tenMinutes.take(`ticket ${id}`, settings.ticketUpdatesPerTenMinutes);
      return passOr(state, endpointHeader('per-ticket-updates', state), () =>
        tooManyUpdates(state, 'per-ticket-updates'),
      );
    },
  };
}

/** Returns the header of responses that create a job (Zendesk docs, Job Statuses). */
export function inflightJobsHeader(open: number, total: number): Headers {
  const remaining = Math.max(0, total - open);
  return endpointHeader('inflight-jobs', { allowed: remaining > 0, total, remaining, resetsInS: 60 });
}

function passOr({ allowed }: WindowState, headers: Headers, refusal: () => Refusal): Headers {
  if (!allowed) throw refusal();
  return headers;
}

function requestsExceeded(what: string, { resetsInS }: WindowState, headers: Headers): Refusal {
  const description = `Number of allowed ${what} per minute exceeded`;
  return new Refusal(
    429,
    { error: 'APIRateLimitExceeded', description },
    { ...headers, 'retry-after': String(resetsInS) },
  );
}

function tooManyUpdates(state: WindowState, name: string): Refusal {
  const { status, body } = listedError(429, { code: 'TooManyRequests', title: 'Too many requests to update' });
  return new Refusal(status, body, { ...endpointHeader(name, state), 'retry-after': String(state.resetsInS) });
}

/** Zendesk has used three spellings for the account's limit. All of them are sent. */
function accountHeaders({ total, remaining, resetsInS }: WindowState): Headers {
  return {
    'x-rate-limit': String(total),
    'x-rate-limit-remaining': String(remaining),
    'ratelimit-limit': String(total),
    'ratelimit-remaining': String(remaining),
    'ratelimit-reset': String(resetsInS),
    'rate-limit': String(total),
    'rate-limit-remaining': String(remaining),
    'rate-limit-reset': String(resetsInS),
  };
}

function endpointHeader(name: string, { total, remaining, resetsInS }: WindowState): Headers {
  return { [`zendesk-ratelimit-${name}`]: `total=${total}; remaining=${remaining}; resets=${resetsInS}` };
}
