import {
  ScheduleAlreadyRunning,
  type ScheduleClient,
  type ScheduleDescription,
  type ScheduleOptions,
} from '@temporalio/client';

/** Whether a schedule is paused, and why. */
export type ScheduleState = ScheduleDescription['state'];

/**
 * Creates a schedule, or gives the one of this id these options. One that is there keeps its state, so that it stays paused if a
 * person has paused it; `stateOf` may say otherwise.
 */
export async function putSchedule(
  schedule: ScheduleClient,
  options: ScheduleOptions,
  stateOf: (present: ScheduleState) => ScheduleState = (present) => present,
): Promise<void> {
  try {
    await schedule.create(options);
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    const { policies = {}, scheduleId } = options;
    await schedule
      .getHandle(scheduleId)
      .update((present) => ({ ...present, ...options, policies, state: stateOf(present.state) }));
  }
}
