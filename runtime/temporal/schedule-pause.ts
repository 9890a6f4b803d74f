import { randomUUID } from 'node:crypto';
import { isGrpcServiceError, type Client } from '@temporalio/client';

/** Whether a schedule is paused, and the note that says who did it and why. */
export interface SchedulePause {
  readonly paused: boolean;
  readonly note: string;
}

/** How often a change is tried while others change the schedule as well. */
const MOST_TRIES = 10;
/** gRPC statuses of an update that came too late: NOT_FOUND, FAILED_PRECONDITION. */
const TOO_LATE = new Set([5, 9]);

/**
 * Pauses or resumes a schedule as `wanted` says of its present state; undefined leaves it as it is. Throws the SDK's
 * ScheduleNotFoundError.
 *
 * Not by the SDK's pause: Temporal may handle it before an update that was asked for earlier, which then undoes it. Nor by the
 * SDK's update: it sends no conflict token, so what a person changes between its reading and its writing would be lost. With the
 * token Temporal drops an update that comes too late, without a word; so it is looked up whether it was done.
 */
export async function changePause(
  client: Client,
  scheduleId: string,
  wanted: (present: { readonly paused: boolean; readonly note?: string | undefined }) => SchedulePause | undefined,
): Promise<void> {
  const handle = client.schedule.getHandle(scheduleId);
  let asked: SchedulePause | undefined;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const { state, raw } = await handle.describe();
    if (state.paused === asked?.paused && state.note === asked.note) return;
    asked = wanted(state);
    if (asked === undefined) return;
    const { schedule, conflictToken = null } = raw;
    const changed = { ...schedule, state: { ...schedule?.state, paused: asked.paused, notes: asked.note } };
    const { namespace, identity } = client.options;
    const request = { namespace, identity, scheduleId, schedule: changed, conflictToken, requestId: randomUUID() };
    await client.workflowService.updateSchedule(request).catch(unlessTooLate);
  }
  throw new Error(`Others change the schedule ${scheduleId} all the time: it could not be paused or resumed.`);
}

function unlessTooLate(error: unknown): void {
  if (!isGrpcServiceError(error) || !TOO_LATE.has(error.code)) throw error;
}
