import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../log/log.ts';

const POLL_MS = 200;
const ANSWER_LIMIT_MS = 5_000;
const WARN_EVERY_MS = 15_000;

/**
 * Waits until `GET {apiUrl}/readyz` returns 200, and logs every 15 seconds what is missing. Returns false when aborted.
 */
export async function waitUntilReady(apiUrl: string, log: Log, signal: AbortSignal): Promise<boolean> {
  let warnAt = performance.now() + WARN_EVERY_MS;
  while (!signal.aborted) {
    const problem = await findProblem(`${apiUrl}/readyz`);
    if (problem === undefined) return true;
    if (performance.now() > warnAt) {
      log.warn({ readyz: problem }, 'not ready yet');
      warnAt = performance.now() + WARN_EVERY_MS;
    }
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
  return false;
}

async function findProblem(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
    const body = await response.text();
    return response.status === 200 ? undefined : `${response.status} ${body.slice(0, 300)}`;
  } catch (error) {
    return error instanceof Error ? error.message : 'no answer';
  }
}
