import type { Command } from '../command.ts';
import { readConnectionFile } from '../connection-file.ts';
import type { Connection } from '../connection.ts';
import { printable } from '../printable.ts';

interface Answer {
  readonly connection: Connection;
  readonly left?: { readonly step: string; readonly message: string };
}

/** Applying prepares Zendesk too, which may have to wait for its limits. */
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
    const answer = await api<Answer>({ method: 'POST', path: ['connections'], body, timeoutMs: APPLY_TIMEOUT_MS });
    return { json: answer, text: showApplied(answer) };
  },
};

function showApplied({ connection, left }: Answer): string {
  const applied = `Connection ${printable(connection.id)} is applied.`;
  if (left === undefined) return applied;
  return `${applied}\nLeft to do, ${printable(left.step)}: ${printable(left.message)}`;
}
