import { hasAnyGo } from '../../domain/connection/go.ts';
import type { Connection } from '../../store/connection/connections.ts';
import { unavailableReason } from '../unavailable.ts';
import type { AdminDeps } from './admin-deps.ts';
import { startMasterSync } from './master-sync.ts';
import { ensureSchedules } from './schedules.ts';

/** A step that failed after a connection was stored, and the reason. */
export interface RemainingStep {
  readonly step: string;
  readonly message: string;
}

/**
 * Completes a stored connection: creates its schedules and, after a reconnect, starts a sync if it has its go. Returns the
 * steps that failed. A failed step does not undo what is stored.
 */
export async function completeConnection(
  deps: AdminDeps,
  connection: Connection,
  isReconnected: boolean,
): Promise<RemainingStep[]> {
  const { id, state } = connection;
  const remaining: RemainingStep[] = [];
  const attempt = async (step: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      const message = unavailableReason(error) ?? deps.services.describeFailure(error).message;
      remaining.push({ step, message });
    }
  };
  if (state === 'active') await attempt(CREATE_SCHEDULES, () => ensureSchedules(deps, connection));
  if (isReconnected && hasAnyGo(await deps.services.store.gos.list(id)))
    await attempt('start a sync', () => startMasterSync(deps, id, { full: false, acceptShrink: false }));
  return remaining;
}

const CREATE_SCHEDULES = 'create the schedules (apply the connection again)';
