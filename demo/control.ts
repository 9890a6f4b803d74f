import { setTimeout as sleep } from 'node:timers/promises';
import type { Sandbox } from './processes.ts';

/**
 * Sends a request to the sandbox's control server, which does what people do in the two systems and shows their state.
 * `call` is the method and the path. Rejects unless the response is 2xx.
 */
export async function control<Body>(sandbox: Sandbox, call: string, body?: object): Promise<Body> {
  const [method = '', path = ''] = call.split(' ');
  const headers = { 'content-type': 'application/json' };
  const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
  const response = await fetch(`${sandbox.control}${path}`, init);
  if (!response.ok) throw new Error(`The sandbox returned ${response.status} for ${call}: ${await response.text()}`);
  const text = await response.text();
  return (text === '' ? undefined : JSON.parse(text)) as Body;
}

/** Sends a GET request to the API of the sandbox's Zendesk. Rejects unless the response is 2xx. */
export async function zendesk<Body>(sandbox: Sandbox, path: string): Promise<Body> {
  const headers = { authorization: `Bearer ${sandbox.zendeskToken}` };
  const response = await fetch(`${sandbox.zendesk}/api/v2/${path}`, { headers });
  if (!response.ok) throw new Error(`Zendesk returned ${response.status} for ${path}.`);
  return (await response.json()) as Body;
}

const POLL_MS = 250;
const TIMEOUT_MS = 60_000;

/** Polls until `read` returns a value. Rejects after a minute. `what` completes "Timed out waiting until …". */
export async function waitFor<Seen>(what: string, read: () => Promise<Seen | undefined>): Promise<Seen> {
  const deadline = Date.now() + TIMEOUT_MS;
  for (;;) {
    const seen = await read();
    if (seen !== undefined) return seen;
    if (Date.now() > deadline) throw new Error(`Timed out waiting until ${what}.`);
    await sleep(POLL_MS);
  }
}
