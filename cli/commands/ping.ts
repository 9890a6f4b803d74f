import type { Command } from '../command.ts';
import { formatList } from '../table.ts';

/** One thing that a ping has looked at, as the API answers it. */
interface Check {
  readonly name: string;
  readonly system: string;
  readonly status: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  readonly fix: string;
}

/** Looking takes seconds, but a far system that does not answer is waited for. */
const WAIT_MS = 70_000;

/** `ping ID`: looks at both systems of a connection; exit 1 when anything fails. */
export const ping: Command = {
  name: 'ping',
  summary: 'check both systems of a connection; changes nothing',
  positionals: ['ID'],
  options: {},
  async run(parsed, { openApi }) {
    const api = await openApi();
    const path = ['connections', parsed.argument('ID'), 'ping'];
    const call = { method: 'POST' as const, path, body: {}, timeoutMs: WAIT_MS };
    const result = await api<{ ok: boolean; checks: readonly Check[] }>(call);
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
