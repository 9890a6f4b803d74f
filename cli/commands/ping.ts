import type { Command } from '../command.ts';
import { formatList } from '../table.ts';

/** The checks take seconds, unless a remote system does not respond. */
const WAIT_MS = 70_000;

/** Defines the command `ping ID`, which checks both systems of a connection. The exit code is 1 if a check fails. */
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
    const table = { columns: ['STATUS', 'CHECK', 'RESULT'], rows };
    const text = formatList(table, { total: rows.length, none: 'Nothing was checked.' });
    return { json: result, text, exitCode: result.ok ? 0 : 1 };
  },
};
