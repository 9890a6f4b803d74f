import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from '../command.ts';
import { CommandError } from '../failures.ts';

const POLL_MS = 2_000;
const LONGEST_WAIT_MS = 10 * 60_000;

/** `connection authorize ID`: prints where an administrator of Zendesk gives consent, and waits for it. */
export const connectionAuthorize: Command = {
  name: 'connection authorize',
  summary: 'print the link by which Zendesk is authorized, and wait for the consent',
  positionals: ['ID'],
  options: {},
  async run(parsed, { openApi, terminal }) {
    const id = parsed.argument('ID');
    const api = await openApi();
    const path = ['connections', id];
    const { link, updatedAt } = await api<'authorizeConnection'>({
      method: 'POST',
      path: [...path, 'authorize'],
      body: {},
    });
    terminal.write(`Open this as an administrator of Zendesk: ${link}\n`);
    const deadline = Date.now() + LONGEST_WAIT_MS;
    while (Date.now() < deadline) {
      await sleep(POLL_MS);
      const connection = await api<'showConnection'>({ method: 'GET', path });
      if (connection.state === 'active' && connection.updatedAt !== updatedAt)
        return { json: { id, authorized: true, link }, text: `Connection ${id} is authorized.` };
    }
    throw new CommandError(
      'Nobody has given consent within ten minutes; the link can be used once more by running this again.',
      {
        code: 'not_authorized',
      },
    );
  },
};
