import { ScheduleNotFoundError, type Client } from '@temporalio/client';
import { changePause, type SchedulePause } from '../runtime/temporal/schedule-pause.ts';
import { RECONNECT_NOTE } from '../workflows/contract.ts';
import { scheduleIds } from '../workflows/ids.ts';

/**
 * Pauses the schedules of a connection whose credentials were rejected, or resumes the schedules that were paused for
 * this reason. A schedule that a person paused stays paused.
 */
export async function setSchedulesPaused(client: Client, connectionId: string, paused: boolean): Promise<void> {
  for (const id of scheduleIds(connectionId)) {
    try {
      await changePause(client, id, paused ? pausedForCredentials : resumedForCredentials);
    } catch (error) {
      if (!(error instanceof ScheduleNotFoundError)) throw error;
    }
  }
}

type Present = Parameters<Parameters<typeof changePause>[2]>[0];

function pausedForCredentials({ paused }: Present): SchedulePause | undefined {
  return paused ? undefined : { paused: true, note: RECONNECT_NOTE };
}

function resumedForCredentials({ paused, note }: Present): SchedulePause | undefined {
  return paused && note === RECONNECT_NOTE ? { paused: false, note: 'The credentials work again' } : undefined;
}
