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
 * Does what follows from a stored connection: prepares Zendesk, keeps the schedules, and starts a sync once its credentials
 * work again (`isBack`). Answers what could not be done: what is stored stays, whatever becomes of this.
 */
export async function completeConnection(deps: AdminDeps, connection: Connection, isBack: boolean): Promise<Left[]> {
  const { id, state, prepared } = connection;
  const left: Left[] = [];
  const attempt = async (step: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      const message = unavailableReason(error) ?? deps.services.describeFailure(error).message;
      left.push({ step, message });
    }
  };
  // Credentials are for `ping` to judge, and the first run prepares what is missing.
  if (state !== 'needs_authorization' && !prepared) await attempt(PREPARING, () => deps.services.prepareZendesk(id));
  if (state === 'active') await attempt(SCHEDULING, () => ensureSchedules(deps, connection));
  if (isBack) await attempt('start a sync', () => startMasterSync(deps, id, { full: false, acceptShrink: false }));
  return left;
}

const PREPARING = 'prepare Zendesk (organization and user fields)';
const SCHEDULING = 'create the schedules (apply the connection again)';
