import { randomUUID } from 'node:crypto';
import { isGrpcServiceError, type Client } from '@temporalio/client';

/** The pause state of a schedule, with the note on who changed it and why. */
export interface SchedulePause {
  readonly paused: boolean;
  readonly note: string;
}

/** How often a change is attempted while other clients change the schedule, too. */
const MAX_ATTEMPTS = 10;
/** gRPC statuses of an update with a stale conflict token: NOT_FOUND, FAILED_PRECONDITION. */
const STALE_TOKEN = new Set([5, 9]);

/**
 * Pauses or resumes a schedule. `wanted` returns the new state for the current one, or undefined to change nothing.
 * Throws the SDK's ScheduleNotFoundError.
 *
 * The SDK's `pause` is not used, because Temporal may process it before an earlier update, which then reverts it. The
 * SDK's `update` sends no conflict token, so a concurrent change by a person would be lost. With the token, Temporal
 * drops a stale update silently, so the result is read back.
 */
export async function changePause(
  client: Client,
  scheduleId: string,
  wanted: (present: { readonly paused: boolean; readonly note?: string | undefined }) => SchedulePause | undefined,
): Promise<void> {
  const handle = client.schedule.getHandle(scheduleId);
  let requested: SchedulePause | undefined;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const { state, raw } = await handle.describe();
    if (state.paused === requested?.paused && state.note === requested.note) return;
    requested = wanted(state);
    if (requested === undefined) return;
    const { schedule, conflictToken = null } = raw;
    const changed = { ...schedule, state: { ...schedule?.state, paused: requested.paused, notes: requested.note } };
    const { namespace, identity } = client.options;
    const request = { namespace, identity, scheduleId, schedule: changed, conflictToken, requestId: randomUUID() };
    await client.workflowService.updateSchedule(request).catch(ignoreStaleToken);
  }
  throw new Error(
    `The schedule ${scheduleId} could not be paused or resumed, because other clients keep changing it. Try again.`,
  );
}

function ignoreStaleToken(error: unknown): void {
  if (!isGrpcServiceError(error) || !STALE_TOKEN.has(error.code)) throw error;
}
