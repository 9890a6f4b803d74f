import type { Services } from '../../runtime/services.ts';

/** What the endpoints of the admin API need. */
export interface AdminDeps {
  readonly services: Pick<Services, 'store' | 'temporal' | 'payloads' | 'checkOrigin' | 'describeFailure' | 'consent'>;
  /** Returns the base of the ingress URLs, without a slash at its end. */
  readonly publicUrl: () => string;
}

/** The longest time that a call to Temporal may take while a caller waits. */
export const TEMPORAL_LIMIT_MS = 3_000;
