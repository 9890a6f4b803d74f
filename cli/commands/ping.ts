import type { Command } from '../command.ts';
import { formatList } from '../table.ts';

/** The checks take seconds, but a remote system that does not answer is waited for. */
const WAIT_MS = 70_000;

/** `ping ID`: checks both systems of a connection; exits with 1 when a check fails. */
export const ping: Command = {
  name: 'ping',
  summary: 'check both systems of a connection; changes nothing',
  positionals: ['ID'],
  options: {},
  async run(parsed, { openApi }) {
    const api = await openApi();
    const path = ['connections', parsed.argument('ID'), 'ping'];
    const call = { method: 'POST' as const, path, body: {}, timeoutMs: WAIT_MS };
    const result = await api<'pingConnection'>(call);
    const rows = result.checks.map(({ status, name, detail, fix }) => [
      status,
      name,
      fix === '' ? detail : `${detail} ${fix}`,
    ]);
    const table = { columns: ['STATUS', 'CHECK', 'WHAT WAS FOUND'], rows };
    const text = formatList(table, { total: rows.length, none: 'Nothing was checked.' });
    return { json: result, text, exitCode: result.ok ? 0 : 1 };
  },
};
