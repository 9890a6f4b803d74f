import { setTimeout as delay } from 'node:timers/promises';
import type { Api } from '../api-client.ts';
import type { Command, Outcome, Terminal } from '../command.ts';
import { CommandError } from '../failures.ts';
import { createProgress } from '../progress.ts';
import { showRun, type Run } from '../run-report.ts';
import { describeOngoingRun, waitForRun } from '../wait-for-run.ts';

/** Short enough for several polls while the API restarts. */
const POLL_TIMEOUT_MS = 10_000;
/** The exit code that shells use for a program ended by SIGINT. */
const INTERRUPTED = 130;
/** The exit codes of ended runs. All others are 1. A held run wrote nothing and waits for a person. */
const EXIT_CODES: Readonly<Partial<Record<Run['status'], number>>> = { completed: 0, held: 3 };

/** Defines the command `sync ID`, which starts a master sync, or joins the running one. */
export const sync: Command = {
  name: 'sync',
  summary: 'start a sync of the master data, or join the running one',
  positionals: ['ID'],
  options: {
    wait: { about: 'wait for the end of the run; exit with 3 if it is held, and with 1 unless it completes' },
    'legal-entity': { value: 'X', about: 'sync only this legal entity' },
    full: { about: 'compare all records, not only changed ones' },
    'accept-shrink': { about: 'continue even if F&O has far fewer records than before' },
    'accept-limits': { about: 'write even if the changes exceed the limits of the connection' },
  },
  async run(parsed, { openApi, terminal }) {
    const legalEntity = parsed.text('legal-entity');
    const body = {
      ...(legalEntity !== undefined && { legalEntity }),
      ...(parsed.flag('full') && { full: true }),
      ...(parsed.flag('accept-shrink') && { acceptShrink: true }),
      ...(parsed.flag('accept-limits') && { acceptLimits: true }),
    };
    const api = await openApi();
    const path = ['connections', parsed.argument('ID'), 'sync'];
    const started = await api<'startSync'>({ method: 'POST', path, body });
    if (parsed.flag('wait')) return waitForEnd(api, started.runId, terminal);
    return { json: started, text: started.runId, hint: `To see its state, run: ledgerdesk run ${started.runId}` };
  },
};

async function waitForEnd(api: Api, runId: string, terminal: Terminal): Promise<Outcome> {
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  const { signal } = interruption;
  const progress = createProgress(terminal);
  process.once('SIGINT', interrupt);
  try {
    const run = await waitForRun({
      runId,
      getRun: () => api<'showRun'>({ method: 'GET', path: ['runs', runId], timeoutMs: POLL_TIMEOUT_MS, signal }),
      show: progress.show,
      now: () => performance.now(),
      sleep: (ms) => delay(ms, undefined, { signal }).catch(() => undefined),
      signal,
    });
    if (run === undefined) throw interrupted(runId);
    return { json: run, text: showRun(run, Date.now()), exitCode: EXIT_CODES[run.status] ?? 1 };
  } finally {
    process.removeListener('SIGINT', interrupt);
    progress.clear();
  }
}

function interrupted(runId: string): CommandError {
  return new CommandError(`Stopped waiting. ${describeOngoingRun(runId)}`, {
    code: 'interrupted',
    runId,
    exitCode: INTERRUPTED,
  });
}
