import {
  ScheduleAlreadyRunning,
  type ScheduleClient,
  type ScheduleDescription,
  type ScheduleOptions,
} from '@temporalio/client';

/** The state of a schedule: paused or not, with a note. */
export type ScheduleState = ScheduleDescription['state'];

/**
 * Creates a schedule, or updates the existing schedule with this id. An existing schedule keeps its state, so that a
 * paused schedule stays paused, unless `stateOf` returns another one.
 */
export async function putSchedule(
  schedule: ScheduleClient,
  options: ScheduleOptions,
  stateOf: (current: ScheduleState) => ScheduleState = (current) => current,
): Promise<void> {
  try {
    await schedule.create(options);
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    const { policies = {}, scheduleId } = options;
    await schedule
      .getHandle(scheduleId)
      .update((current) => ({ ...current, ...options, policies, state: stateOf(current.state) }));
  }
}
