import type { Services } from '../../runtime/services.ts';
import type { StartedRuns } from './started-runs.ts';

/** What the endpoints of the admin API work with. */
export interface AdminDeps {
  readonly services: Pick<
    Services,
    'store' | 'temporal' | 'payloads' | 'prepareZendesk' | 'judgeOrigin' | 'describeFailure' | 'consent'
  >;
  readonly startedRuns: StartedRuns;
  /** Base of the ingress URLs, without a slash at its end. */
  readonly publicUrl: () => string;
}

/** Longest time that a call to Temporal may take while a caller waits. */
export const TEMPORAL_LIMIT_MS = 3_000;
