import type { Terminal } from './command.ts';
import { OUTCOMES, type Run } from './run-report.ts';
import { showDuration } from './times.ts';

/** A line of progress that is written over again and again. */
export interface Progress {
  readonly show: (run: Run) => void;
  /** Takes the line away, so that what follows starts on an empty one. */
  readonly clear: () => void;
}

/** Shows progress on a terminal; shows none where the stream is no terminal. */
export function createProgress(terminal: Terminal): Progress {
  if (terminal.isTTY !== true) return { show: () => undefined, clear: () => undefined };
  return {
    show: (run) => terminal.write(`\r\u001b[K${progressLine(run).slice(0, widthOf(terminal) - 1)}`),
    clear: () => terminal.write('\r\u001b[K'),
  };
}

/** The state of a run in one line. */
function progressLine({ status, totals, requests, waitedMs }: Run): string {
  const outcomes = OUTCOMES.filter((outcome) => totals[outcome] > 0).map((outcome) => `${totals[outcome]} ${outcome}`);
  return [
    status,
    `${totals.read} read`,
    ...(outcomes.length === 0 ? [] : [outcomes.join(', ')]),
    `${requests.dynamics + requests.zendesk + requests.entra} requests`,
    ...(waitedMs > 0 ? [`waited ${showDuration(waitedMs)}`] : []),
  ].join(' · ');
}

/** Some terminals say that they have no columns at all: then the usual 80. */
function widthOf({ columns = 0 }: Terminal): number {
  return columns > 0 ? columns : 80;
}
