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

/** A schedule of a connection. Times are ISO-8601 UTC, or null. */
export interface ScheduleReport {
  readonly id: string;
  readonly everyMs: number;
  readonly paused: boolean;
  readonly note: string | null;
  readonly nextAt: string | null;
  readonly lastAt: string | null;
}

interface ScheduleDefinition {
  readonly id: string;
  readonly everyMs: number;
  readonly workflowType: string;
  readonly title: string;
}

/** Starts that were missed during an outage of Temporal are caught up for this time. The next run covers the rest. */
const CATCH_UP = '30 minutes';
const MAX_JITTER_MS = 60_000;

/**
 * Creates the schedules of a connection, or updates them. A schedule that an operator has paused stays paused. A
 * schedule that was paused for missing credentials is resumed if the connection is active.
 */
export async function ensureSchedules(deps: AdminDeps, connection: Connection): Promise<void> {
  for (const definition of definitionsOf(connection)) await ensure(deps, connection, definition);
}

/** Pauses or resumes the schedules of a connection. Schedules that do not exist are skipped. */
export async function pauseSchedules(deps: AdminDeps, connectionId: string, paused: boolean): Promise<void> {
  const note = paused ? 'Paused by the admin API' : 'Resumed by the admin API';
  for (const id of scheduleIds(connectionId)) {
    await callTemporal(deps, () => changePause(deps.services.temporal.client, id, () => ({ paused, note })));
  }
}

/** Rewrites the schedules of a connection without changes, so that their inputs are encrypted with the current key. */
export async function reencryptSchedules(deps: AdminDeps, connectionId: string): Promise<void> {
  for (const id of scheduleIds(connectionId))
    await callTemporal(deps, () => deps.services.temporal.client.schedule.getHandle(id).update((current) => current));
}

/** Deletes the schedules of a connection. */
export async function removeSchedules(deps: AdminDeps, connectionId: string): Promise<void> {
  for (const id of scheduleIds(connectionId))
    await callTemporal(deps, () => deps.services.temporal.client.schedule.getHandle(id).delete());
}

/** Returns the schedules of a connection. */
export async function listSchedules(deps: AdminDeps, connection: Connection): Promise<ScheduleReport[]> {
  const reports: ScheduleReport[] = [];
  for (const { id, everyMs } of definitionsOf(connection)) {
    const description = await callTemporal(deps, () => deps.services.temporal.client.schedule.getHandle(id).describe());
    if (description !== undefined) reports.push(toReport(description, everyMs));
  }
  return reports;
}

function definitionsOf({ id, settings: { sync } }: Connection): ScheduleDefinition[] {
  return [
    {
      id: masterSyncId(id),
      everyMs: sync.everyMs,
      workflowType: WORKFLOW_TYPES.syncMasterData,
      title: 'Sync to Zendesk',
    },
    {
      id: supportReconcileId(id),
      everyMs: sync.reconcileEveryMs,
      workflowType: WORKFLOW_TYPES.reconcileSupport,
      title: 'Reconcile support load from Zendesk',
    },
  ];
}

async function ensure(deps: AdminDeps, { id, state }: Connection, definition: ScheduleDefinition): Promise<void> {
  const paused = state === 'needs_reconnect' ? { state: { paused: true, note: RECONNECT_NOTE } } : {};
  const options = { ...optionsOf(id, definition), ...paused };
  const stateOf = state === 'active' ? resumeIfWaiting : undefined;
  await callTemporal(deps, () => putSchedule(deps.services.temporal.client.schedule, options, stateOf));
}

function resumeIfWaiting(state: ScheduleState): ScheduleState {
  const isWaiting = state.paused && state.note === RECONNECT_NOTE;
  return isWaiting ? { ...state, paused: false, note: 'The connection has new credentials' } : state;
}

function optionsOf(connectionId: string, { id, everyMs, workflowType, title }: ScheduleDefinition): ScheduleOptions {
  return {
    scheduleId: id,
    spec: { intervals: [{ every: everyMs }], jitter: Math.min(MAX_JITTER_MS, Math.floor(everyMs / 10)) },
    action: {
      type: 'startWorkflow',
      workflowType,
      ...startOptions({
        workflowId: id,
        input: { connectionId },
        summary: `${title}: ${connectionId}, by schedule`,
      }),
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCH_UP },
  };
}

/** Calls Temporal within the time that a caller waits. Returns undefined if the schedule does not exist. */
async function callTemporal<Result>(deps: AdminDeps, call: () => Promise<Result>): Promise<Result | undefined> {
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
