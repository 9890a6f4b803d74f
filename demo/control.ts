import { setTimeout as sleep } from 'node:timers/promises';
import type { Sandbox } from './processes.ts';

/**
 * Asks the sandbox's control server: what people do in the two systems, and what only a look behind them shows. `call` is
 * the method and the path.
 */
export async function control<Answer>(sandbox: Sandbox, call: string, body?: object): Promise<Answer> {
  const [method = '', path = ''] = call.split(' ');
  const headers = { 'content-type': 'application/json' };
  const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
  const answer = await fetch(`${sandbox.control}${path}`, init);
  if (!answer.ok) throw new Error(`The sandbox answered ${answer.status} to ${call}: ${await answer.text()}`);
  const text = await answer.text();
  return (text === '' ? undefined : JSON.parse(text)) as Answer;
}

/** Reads from the sandbox's Zendesk as its API shows it. */
export async function zendesk<Answer>(sandbox: Sandbox, path: string): Promise<Answer> {
  const headers = { authorization: `Bearer ${sandbox.zendeskToken}` };
  const answer = await fetch(`${sandbox.zendesk}/api/v2/${path}`, { headers });
  if (!answer.ok) throw new Error(`Zendesk answered ${answer.status} to ${path}.`);
  return (await answer.json()) as Answer;
}

const LOOK_EVERY_MS = 250;
const LONGEST_MS = 60_000;

/** Looks again and again until there is something to see. */
export async function until<Seen>(what: string, look: () => Promise<Seen | undefined>): Promise<Seen> {
  const deadline = Date.now() + LONGEST_MS;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (Date.now() > deadline) throw new Error(`Waited in vain: ${what}.`);
    await sleep(LOOK_EVERY_MS);
  }
}
