import {
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type ScheduleDescription,
  type ScheduleOptions,
} from '@temporalio/client';
import { changePause } from '../../runtime/temporal/schedule-pause.ts';
import type { Connection } from '../../store/connection/connections.ts';
import { RECONNECT_NOTE, WORKFLOW_TYPES } from '../../workflows/contract.ts';
import { masterSyncId, scheduleIds, supportReconcileId } from '../../workflows/ids.ts';
import { startOptions } from '../../workflows/start-options.ts';
import { putSchedule, type ScheduleState } from '../put-schedule.ts';
import { TEMPORAL_LIMIT_MS, type AdminDeps } from './admin-deps.ts';

/** A schedule as it is shown. Times are ISO-8601 UTC, null where there is none. */
export interface ScheduleReport {
  readonly id: string;
  readonly everyMs: number;
  readonly paused: boolean;
  readonly note: string | null;
  readonly nextAt: string | null;
  readonly lastAt: string | null;
}

interface Wanted {
  readonly id: string;
  readonly everyMs: number;
  readonly workflowType: string;
  readonly what: string;
}

/** What was missed while Temporal was away is caught up for so long; the rest is in the next run anyway. */
const CATCH_UP = '30 minutes';
const LONGEST_JITTER_MS = 60_000;

/**
 * Creates the schedules of a connection, or gives those that are there their interval. One that a person has paused stays
 * paused; one that waited for credentials is resumed once the connection is active.
 */
export async function ensureSchedules(deps: AdminDeps, connection: Connection): Promise<void> {
  for (const wanted of wantedOf(connection)) await ensure(deps, connection, wanted);
}

/** Pauses or resumes the schedules of a connection; those that are not there are passed over. */
export async function pauseSchedules(deps: AdminDeps, connectionId: string, paused: boolean): Promise<void> {
  const note = paused ? 'Paused by the admin API' : 'Resumed by the admin API';
  for (const id of scheduleIds(connectionId)) {
    await inTime(deps, () => changePause(deps.services.temporal.client, id, () => ({ paused, note })));
  }
}

/** Writes the schedules of a connection anew as they are, so that what they start is encrypted under the present key. */
export async function resealSchedules(deps: AdminDeps, connectionId: string): Promise<void> {
  for (const id of scheduleIds(connectionId))
    await inTime(deps, () => deps.services.temporal.client.schedule.getHandle(id).update((present) => present));
}

/** Erases the schedules of a connection that is removed. */
export async function removeSchedules(deps: AdminDeps, connectionId: string): Promise<void> {
  for (const id of scheduleIds(connectionId))
    await inTime(deps, () => deps.services.temporal.client.schedule.getHandle(id).delete());
}

/** Shows the schedules of a connection. */
export async function listSchedules(deps: AdminDeps, connection: Connection): Promise<ScheduleReport[]> {
  const reports: ScheduleReport[] = [];
  for (const { id, everyMs } of wantedOf(connection)) {
    const description = await inTime(deps, () => deps.services.temporal.client.schedule.getHandle(id).describe());
    if (description !== undefined) reports.push(toReport(description, everyMs));
  }
  return reports;
}

function wantedOf({ id, settings: { sync } }: Connection): Wanted[] {
  return [
    {
      id: masterSyncId(id),
      everyMs: sync.everyMs,
      workflowType: WORKFLOW_TYPES.syncMasterData,
      what: 'Sync to Zendesk',
    },
    {
      id: supportReconcileId(id),
      everyMs: sync.reconcileEveryMs,
      workflowType: WORKFLOW_TYPES.reconcileSupport,
      what: 'Read support back from Zendesk',
    },
  ];
}

async function ensure(deps: AdminDeps, { id, state }: Connection, wanted: Wanted): Promise<void> {
  const waits = state === 'needs_reconnect' ? { state: { paused: true, note: RECONNECT_NOTE } } : {};
  const options = { ...optionsOf(id, wanted), ...waits };
  const stateOf = state === 'active' ? resumed : undefined;
  await inTime(deps, () => putSchedule(deps.services.temporal.client.schedule, options, stateOf));
}

function resumed(state: ScheduleState): ScheduleState {
  const hasWaited = state.paused && state.note === RECONNECT_NOTE;
  return hasWaited ? { ...state, paused: false, note: 'The connection has new credentials' } : state;
}

function optionsOf(connectionId: string, { id, everyMs, workflowType, what }: Wanted): ScheduleOptions {
  return {
    scheduleId: id,
    spec: { intervals: [{ every: everyMs }], jitter: Math.min(LONGEST_JITTER_MS, Math.floor(everyMs / 10)) },
    action: {
      type: 'startWorkflow',
      workflowType,
      ...startOptions({
        workflowId: id,
        input: { connectionId },
        summary: `${what}: ${connectionId}, by schedule`,
      }),
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCH_UP },
  };
}

/** Calls Temporal within the time that a caller waits; undefined for a schedule that is not there. */
async function inTime<Result>(deps: AdminDeps, call: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await deps.services.temporal.withDeadline(TEMPORAL_LIMIT_MS, call);
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}

function toReport({ scheduleId, state, info }: ScheduleDescription, everyMs: number): ScheduleReport {
  return {
    id: scheduleId,
    everyMs,
    paused: state.paused,
    note: state.note === undefined || state.note === '' ? null : state.note,
    nextAt: info.nextActionTimes[0]?.toISOString() ?? null,
    lastAt: info.recentActions.at(-1)?.takenAt.toISOString() ?? null,
  };
}
