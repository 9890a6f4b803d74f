import type { Command } from '../command.ts';

/** `connection remove ID`: forgets a connection and its credentials. */
export const connectionRemove: Command = {
  name: 'connection remove',
  summary: 'remove a connection with its credentials and links',
  positionals: ['ID'],
  options: {},
  async run(parsed, { openApi }) {
    const id = parsed.argument('ID');
    const api = await openApi();
    const answer = await api<'removeConnection'>({ method: 'DELETE', path: ['connections', id] });
    return { json: answer, text: `Connection ${id} is removed.` };
  },
};
