import type { DatabaseWaits } from '../store/store.ts';

/**
 * How long the api process waits for PostgreSQL. A caller waits meanwhile: a list must end within ten seconds, also when
 * its table is locked and all sessions wait for that lock. A list waits for a session twice, and then for the lock.
 */
export const DATABASE_WAITS: DatabaseWaits = { sessionMs: 3_500, lockMs: 2_500 };
