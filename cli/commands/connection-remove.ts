import type { Command } from '../command.ts';

/** Defines the command `connection remove ID`, which deletes a connection and its credentials. */
export const connectionRemove: Command = {
  name: 'connection remove',
  summary: 'delete a connection with its credentials and links',
  positionals: ['ID'],
  options: {},
  async run(parsed, { openApi }) {
    const id = parsed.argument('ID');
    const api = await openApi();
    const response = await api<'removeConnection'>({ method: 'DELETE', path: ['connections', id] });
    return { json: response, text: `Connection ${id} was removed.` };
  },
};
