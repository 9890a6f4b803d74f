import type { StepContext } from '../dependencies.ts';

/**
 * Notes on the connection that its credentials are rejected, `rejected` saying why, or that they work again (null); its
 * schedules follow. Twice is the same as once.
 */
export async function judgeCredentials(
  { store, setSchedulesPaused }: Pick<StepContext, 'store' | 'setSchedulesPaused'>,
  connectionId: string,
  rejected: string | null,
): Promise<void> {
  await setSchedulesPaused(connectionId, rejected !== null);
  await store.connections.setState(connectionId, rejected === null ? 'active' : 'needs_reconnect', rejected);
}
