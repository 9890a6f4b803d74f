import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../log/log.ts';

const POLL_MS = 200;
const ANSWER_LIMIT_MS = 5_000;
const COMPLAIN_EVERY_MS = 15_000;

/** Waits until `GET {apiUrl}/readyz` answers 200; says every 15 seconds what is still missing. False when given up by the signal. */
export async function waitUntilReady(apiUrl: string, log: Log, signal: AbortSignal): Promise<boolean> {
  let complainAt = performance.now() + COMPLAIN_EVERY_MS;
  while (!signal.aborted) {
    const missing = await ask(`${apiUrl}/readyz`);
    if (missing === undefined) return true;
    if (performance.now() > complainAt) {
      log.warn({ readyz: missing }, 'not ready yet');
      complainAt = performance.now() + COMPLAIN_EVERY_MS;
    }
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
  return false;
}

async function ask(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
    const body = await response.text();
    return response.status === 200 ? undefined : `${response.status} ${body.slice(0, 300)}`;
  } catch (error) {
    return error instanceof Error ? error.message : 'no answer';
  }
}
