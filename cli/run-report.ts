import { printable } from './printable.ts';
import { formatTable, type Cell } from './table.ts';
import { showDuration, showTime } from './times.ts';

/** How many records met which outcome. */
export interface Counts {
  readonly read: number;
  readonly created: number;
  readonly updated: number;
  readonly adopted: number;
  readonly unchanged: number;
  readonly skipped: number;
  readonly rejected: number;
}

/** A run, as the API tells it. */
export interface Run {
  readonly runId: string;
  readonly workflowId: string;
  readonly connectionId: string;
  readonly status: 'running' | 'completed' | 'failed' | 'cancelled';
  /** ISO 8601. */
  readonly startedAt: string;
  readonly finishedAt: string | null;
  /** How long it has waited for the limits of the two systems. */
  readonly waitedMs: number;
  readonly totals: Counts;
  readonly phases: readonly (Counts & { readonly legalEntity: string; readonly kind: string })[];
  readonly requests: { readonly dynamics: number; readonly zendesk: number; readonly entra: number };
  readonly error: { readonly code: string; readonly message: string } | null;
  /** What else a person should know of the run. */
  readonly notes: readonly { readonly code: string; readonly message: string }[];
}

/** The outcomes' names, in the order in which they are shown. */
export const OUTCOMES = ['created', 'updated', 'adopted', 'unchanged', 'skipped', 'rejected'] as const;

/** Heads of the columns that `countCells` fills. */
export const COUNT_COLUMNS: readonly string[] = ['READ', ...OUTCOMES.map((outcome) => outcome.toUpperCase())];

/** The counts as cells of a table. */
export function countCells(counts: Counts): readonly Cell[] {
  return [counts.read, ...OUTCOMES.map((outcome) => counts[outcome])];
}

/** How long a run took, or has taken until `now` (milliseconds). */
export function runDuration(run: Run, now: number): string {
  const end = run.finishedAt === null ? now : Date.parse(run.finishedAt);
  return showDuration(end - Date.parse(run.startedAt));
}

/** The requests of a run in words. */
function showRequests({ dynamics, zendesk, entra }: Run['requests']): string {
  return `${dynamics} to Dynamics 365, ${zendesk} to Zendesk, ${entra} to Entra`;
}

/** Shows a run for people: state, counts by phase, requests, the error if there is one, and what else to know. */
export function showRun(run: Run, now: number): string {
  const lines = [
    `Run         ${run.runId}`,
    `Connection  ${run.connectionId}`,
    `Workflow    ${run.workflowId}`,
    `Status      ${run.status}`,
    `Started     ${showTime(run.startedAt)}`,
    ...(run.finishedAt === null ? [] : [`Finished    ${showTime(run.finishedAt)}`]),
    `Duration    ${runDuration(run, now)}, of which waiting for limits ${showDuration(run.waitedMs)}`,
    `Requests    ${showRequests(run.requests)}`,
    ...(run.error === null ? [] : [`Error       ${run.error.message} (${run.error.code})`]),
    ...run.notes.map(({ code, message }) => `Note        ${message} (${code})`),
  ];
  return [...lines.map(printableKeepingBlanks), '', showPhases(run), ...rejectionHint(run)].join('\n');
}

function printableKeepingBlanks(line: string): string {
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
  return ['', `Why records were rejected: ledgerdesk records ${printable(run.connectionId)} --state rejected`];
}
