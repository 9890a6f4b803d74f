import type { Services } from '../../runtime/services.ts';

/** The dependencies of the endpoints of the admin API. */
export interface AdminDeps {
  readonly services: Pick<
    Services,
    'store' | 'temporal' | 'payloads' | 'checkOrigin' | 'describeFailure' | 'consent' | 'tryCredential'
  >;
  /** Returns the base of the ingress URLs, without a trailing slash. */
  readonly publicUrl: () => string;
}

/** The time limit for a call to Temporal while a caller waits. */
export const TEMPORAL_LIMIT_MS = 3_000;
