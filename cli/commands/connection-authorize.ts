import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from '../command.ts';
import { CommandError } from '../failures.ts';

const POLL_MS = 2_000;
const MAX_WAIT_MS = 10 * 60_000;

/**
 * Defines the command `connection authorize ID`, which prints the link with which a Zendesk administrator gives
 * consent, and waits for it.
 */
export const connectionAuthorize: Command = {
  name: 'connection authorize',
  summary: 'print the link that authorizes Ledgerdesk in Zendesk, and wait for consent',
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
    terminal.write(`Open this link as a Zendesk administrator: ${link}\n`);
    const deadline = Date.now() + MAX_WAIT_MS;
    while (Date.now() < deadline) {
      await sleep(POLL_MS);
      const connection = await api<'showConnection'>({ method: 'GET', path });
      if (connection.state === 'active' && connection.updatedAt !== updatedAt)
        return { json: { id, authorized: true, link }, text: `Connection ${id} is authorized.` };
    }
    throw new CommandError(
      `No consent was given within ten minutes. To try again, run: ledgerdesk connection authorize ${id}`,
      { code: 'not_authorized' },
    );
  },
};
