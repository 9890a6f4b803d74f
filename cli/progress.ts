import type { Terminal } from './command.ts';
import { OUTCOMES, type Run } from './run-report.ts';
import { showDuration } from './times.ts';

/** A progress line that overwrites itself. */
export interface Progress {
  readonly show: (run: Run) => void;
  /** Clears the line, so that later output starts on an empty line. */
  readonly clear: () => void;
}

/** Creates a progress line. It shows nothing if the stream is not a terminal. */
export function createProgress(terminal: Terminal): Progress {
  if (terminal.isTTY !== true) return { show: () => undefined, clear: () => undefined };
  return {
    show: (run) => terminal.write(`\r\u001b[K${progressLine(run).slice(0, widthOf(terminal) - 1)}`),
    clear: () => terminal.write('\r\u001b[K'),
  };
}

function progressLine({ status, totals, requests, waitedMs, waits }: Run): string {
  const outcomes = OUTCOMES.filter((outcome) => totals[outcome] > 0).map((outcome) => `${totals[outcome]} ${outcome}`);
  return [
    status,
    `${totals.read} read`,
    ...(outcomes.length === 0 ? [] : [outcomes.join(', ')]),
    `${requests.dynamics + requests.zendesk + requests.entra} requests`,
    ...((waits ?? []).length > 0 ? ['waits to confirm a refusal'] : []),
    ...(waitedMs > 0 ? [`waited ${showDuration(waitedMs)}`] : []),
  ].join(' · ');
}

/** Some terminals report no columns. */
function widthOf({ columns = 0 }: Terminal): number {
  return columns > 0 ? columns : 80;
}
