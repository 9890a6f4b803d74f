import type { DatabaseWaits } from '../store/store.ts';

/**
 * How long the api process waits for PostgreSQL. A caller waits meanwhile: a list must end within ten seconds, also when
 * its table is locked and all sessions wait for that lock.
 */
export const DATABASE_WAITS: DatabaseWaits = { sessionMs: 5_000, lockMs: 4_000 };
