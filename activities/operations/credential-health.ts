import type { StepContext } from '../dependencies.ts';

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
}
