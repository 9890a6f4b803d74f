import type { CredentialName } from '../../domain/connection/refusal.ts';
import type { StepContext } from '../dependencies.ts';
import { wakeAlertsIfDue } from './deliver-alert.ts';

/**
 * Records whether the credentials of a connection are rejected. `rejected` is the reason, or null if they work again.
 * Pauses or resumes the schedules accordingly. Calling it again changes nothing.
 */
export async function recordCredentialHealth(
  { store, setSchedulesPaused }: Pick<StepContext, 'store' | 'setSchedulesPaused'>,
  connectionId: string,
  rejected: string | null,
): Promise<void> {
  await setSchedulesPaused(connectionId, rejected !== null);
  await store.connections.setState(connectionId, rejected === null ? 'active' : 'needs_reconnect', rejected);
  if (rejected === null) await store.refusals.clear(connectionId);
}

/**
 * Records that these credentials were seen to work. If no other credential of the connection is rejected, its state is
 * lifted, and the schedules that were paused for this reason are resumed.
 */
export async function recordWorkingCredentials(
  context: StepContext,
  connectionId: string,
  credentials: readonly CredentialName[],
): Promise<void> {
  const { store } = context;
  await store.refusals.clear(connectionId, credentials);
  const connection = await store.connections.get(connectionId);
  if (connection?.state !== 'needs_reconnect' || (await store.refusals.isRejected(connectionId))) return;
  await recordCredentialHealth(context, connectionId, null);
  await wakeAlertsIfDue(context, connectionId);
}
