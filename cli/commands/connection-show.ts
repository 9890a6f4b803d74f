import type { Command } from '../command.ts';
import { showDocument } from '../show-document.ts';

/**
 * Defines the command `connection show ID`, which shows the settings, state and ingress URLs of a connection, but no
 * secrets.
 */
export const connectionShow: Command = {
  name: 'connection show',
  summary: 'show the settings, the state and the webhook URLs of a connection',
  positionals: ['ID'],
  options: {},
  async run(parsed, { openApi }) {
    const api = await openApi();
    const connection = await api<'showConnection'>({ method: 'GET', path: ['connections', parsed.argument('ID')] });
    return { json: connection, text: showDocument(connection) };
  },
};
