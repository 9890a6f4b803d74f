import type { Connection } from '../../store/connection/connections.ts';
import { unavailableReason } from '../unavailable.ts';
import type { AdminDeps } from './admin-deps.ts';
import { startMasterSync } from './master-sync.ts';
import { ensureSchedules } from './schedules.ts';

/** What is left to do after a connection was stored, and why. */
export interface Left {
  readonly step: string;
  readonly message: string;
}

/**
 * Does what follows from a stored connection: keeps the schedules, and starts a sync once its credentials work again (`isBack`).
 * Returns what could not be done; what is stored stays stored in any case.
 */
export async function completeConnection(deps: AdminDeps, connection: Connection, isBack: boolean): Promise<Left[]> {
  const { id, state } = connection;
  const left: Left[] = [];
  const attempt = async (step: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      const message = unavailableReason(error) ?? deps.services.describeFailure(error).message;
      left.push({ step, message });
    }
  };
  if (state === 'active') await attempt(SCHEDULING, () => ensureSchedules(deps, connection));
  if (isBack) await attempt('start a sync', () => startMasterSync(deps, id, { full: false, acceptShrink: false }));
  return left;
}

const SCHEDULING = 'create the schedules (apply the connection again)';
