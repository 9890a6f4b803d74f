import type { StepContext } from '../dependencies.ts';

/**
 * Records on the connection that its credentials are rejected, `rejected` saying why, or that they work again (null). Its schedules
 * follow. Repeating it changes nothing.
 */
export async function recordCredentialHealth(
  { store, setSchedulesPaused }: Pick<StepContext, 'store' | 'setSchedulesPaused'>,
  connectionId: string,
  rejected: string | null,
): Promise<void> {
  await setSchedulesPaused(connectionId, rejected !== null);
  await store.connections.setState(connectionId, rejected === null ? 'active' : 'needs_reconnect', rejected);
}
