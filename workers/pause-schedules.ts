import { ScheduleNotFoundError, type Client } from '@temporalio/client';
import { RECONNECT_NOTE } from '../workflows/contract.ts';
import { scheduleIds } from '../workflows/ids.ts';

/**
 * Pauses the schedules of a connection whose credentials were rejected, or resumes those that were paused for that. One that
 * a person has paused is left as it is.
 */
export async function setSchedulesPaused(client: Client, connectionId: string, paused: boolean): Promise<void> {
  for (const id of scheduleIds(connectionId)) {
    const handle = client.schedule.getHandle(id);
    try {
      const { state } = await handle.describe();
      if (paused && !state.paused) await handle.pause(RECONNECT_NOTE);
      if (!paused && state.paused && state.note === RECONNECT_NOTE) await handle.unpause('The credentials work again');
    } catch (error) {
      if (!(error instanceof ScheduleNotFoundError)) throw error;
    }
  }
}
