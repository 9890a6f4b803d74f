import type { Answers } from '../../api/endpoints.ts';
import type { Command } from '../command.ts';
import { readConnectionFile } from '../connection-file.ts';
import { printable } from '../printable.ts';

/** Applying also creates schedules, and Temporal may be starting. */
const APPLY_TIMEOUT_MS = 300_000;

/** `connection apply FILE`: makes a connection, or changes it, from a file. */
export const connectionApply: Command = {
  name: 'connection apply',
  summary: 'make or change a connection from its file; secrets are resolved here',
  positionals: ['FILE'],
  options: {},
  async run(parsed, { env, openApi }) {
    const body = await readConnectionFile(parsed.argument('FILE'), env);
    const api = await openApi();
    const answer = await api<'applyConnection'>({
      method: 'POST',
      path: ['connections'],
      body,
      timeoutMs: APPLY_TIMEOUT_MS,
    });
    return { json: answer, text: showApplied(answer) };
  },
};

function showApplied({ connection, left }: Answers['applyConnection']): string {
  const applied = `Connection ${printable(connection.id)} is applied.`;
  if (left === undefined) return applied;
  return `${applied}\nLeft to do, ${printable(left.step)}: ${printable(left.message)}`;
}
