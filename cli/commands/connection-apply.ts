import type { Responses } from '../../api/endpoints.ts';
import type { Command } from '../command.ts';
import { readConnectionFile } from '../connection-file.ts';
import { printable } from '../printable.ts';

/** Applying a file also creates schedules, and Temporal may still be starting. */
const APPLY_TIMEOUT_MS = 300_000;

/** Defines the command `connection apply FILE`, which creates or changes a connection from a file. */
export const connectionApply: Command = {
  name: 'connection apply',
  summary: 'create or change a connection from a file; this command reads the secrets that the file refers to',
  positionals: ['FILE'],
  options: {},
  async run(parsed, { env, openApi, terminal }) {
    const { document, notes } = await readConnectionFile(parsed.argument('FILE'), env);
    for (const note of notes) terminal.write(`${printable(note)}\n`);
    const api = await openApi();
    const response = await api<'applyConnection'>({
      method: 'POST',
      path: ['connections'],
      body: document,
      timeoutMs: APPLY_TIMEOUT_MS,
    });
    return { json: response, text: showApplied(response) };
  },
};

function showApplied({ connection, left, next, credentials = [] }: Responses['applyConnection']): string {
  return [
    `Connection ${printable(connection.id)} is applied.`,
    ...(connection.pending === undefined ? [] : [printable(connection.pending.message)]),
    ...credentials.map(({ ok, message }) =>
      ok ? printable(message) : `The new credential is stored, but it does not work. ${printable(message)}`,
    ),
    ...(next === undefined ? [] : [printable(next)]),
    ...(connection.noGo === undefined ? [] : [printable(connection.noGo.message)]),
    ...(left === undefined ? [] : [`Still to do: ${printable(left.step)}. ${printable(left.message)}`]),
  ].join('\n');
}
