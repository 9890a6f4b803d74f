import type { Responses } from '../api/endpoints.ts';
import { printable } from './printable.ts';
import { formatTable, type Cell } from './table.ts';
import { showDuration, showTime } from './times.ts';

/** A run as the API returns it. */
export type Run = Responses['showRun'];

type Counts = Run['totals'];

/** The names of the outcomes, in the order in which they are shown. */
export const OUTCOMES = ['created', 'updated', 'adopted', 'unchanged', 'skipped', 'rejected'] as const;

/** The headings of the columns that `countCells` fills. */
export const COUNT_COLUMNS: readonly string[] = ['READ', ...OUTCOMES.map((outcome) => outcome.toUpperCase())];

/** Returns the counts as cells of a table. */
export function countCells(counts: Counts): readonly Cell[] {
  return [counts.read, ...OUTCOMES.map((outcome) => counts[outcome])];
}

/** Returns the duration of a run, up to `now` (milliseconds) if it is still running. */
export function runDuration(run: Run, now: number): string {
  const end = run.finishedAt === null ? now : Date.parse(run.finishedAt);
  return showDuration(end - Date.parse(run.startedAt));
}

function showRequests({ dynamics, zendesk, entra }: Run['requests']): string {
  return `${dynamics} to Dynamics 365, ${zendesk} to Zendesk, ${entra} to Entra`;
}

/** Returns a run as text: status, requests, the error if there is one, what it waits for, notes, and counts per phase. */
export function showRun(run: Run, now: number): string {
  const lines = [
    `Run         ${run.runId}`,
    `Connection  ${run.connectionId}`,
    `Workflow    ${run.workflowId}`,
    `Status      ${run.status}`,
    `Started     ${showTime(run.startedAt)}`,
    ...(run.finishedAt === null ? [] : [`Finished    ${showTime(run.finishedAt)}`]),
    `Duration    ${runDuration(run, now)}, including ${showDuration(run.waitedMs)} of waiting for rate limits`,
    `Requests    ${showRequests(run.requests)}`,
    ...(run.waiting === undefined ? [] : [`Waiting     ${run.waiting.message} (${run.waiting.code})`]),
    ...(run.error === null ? [] : [`Error       ${run.error.message} (${run.error.code})`]),
    ...(run.planId === null ? [] : [`Plan        ${run.planId}`]),
    ...run.notes.map(({ code, message }) => `Note        ${message} (${code})`),
  ];
  return [...lines.map(printableLine), '', showPhases(run), ...rejectionHint(run), ...goneHint(run)].join('\n');
}

function printableLine(line: string): string {
  return line.slice(0, 12) + printable(line.slice(12));
}

function showPhases(run: Run): string {
  return formatTable({
    columns: ['LEGAL ENTITY', 'KIND', ...COUNT_COLUMNS],
    rows: [
      ...run.phases.map((phase) => [phase.legalEntity, phase.kind, ...countCells(phase)]),
      ['all', '', ...countCells(run.totals)],
    ],
  });
}

function rejectionHint(run: Run): string[] {
  if (run.totals.rejected === 0) return [];
  return [
    '',
    `To see why records were rejected, run: ledgerdesk records ${printable(run.connectionId)} --state rejected`,
  ];
}

function goneHint(run: Run): string[] {
  const { gone } = run.totals;
  if (gone === 0) return [];
  const records = gone === 1 ? '1 known record was' : `${gone} known records were`;
  return [
    '',
    `${records} not in what Dynamics 365 returned. To see them, run: ledgerdesk records ${printable(run.connectionId)} --state gone`,
  ];
}
