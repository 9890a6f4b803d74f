import type { Answers } from '../../api/endpoints.ts';
import type { Command } from '../command.ts';
import { printable } from '../printable.ts';

/** `retry ID`: retries rejected records: all, those of one code, or those named. */
export const retry: Command = {
  name: 'retry',
  summary: 'retry rejected records (KEY: a number, or entity/kind/number as usmf/contact/000901); all without KEY',
  positionals: ['ID'],
  rest: 'KEY',
  options: { code: { value: 'C', about: 'those rejected for this reason only' } },
  async run(parsed, { openApi }) {
    const code = parsed.text('code');
    const body = { ...(code !== undefined && { code }), ...(parsed.rest.length > 0 && { keys: parsed.rest }) };
    const api = await openApi();
    const path = ['connections', parsed.argument('ID'), 'retry'];
    const answer = await api<'retryRecords'>({ method: 'POST', path, body });
    return { json: answer, text: showRetried(answer) };
  },
};

function showRetried({ retried, runId }: Answers['retryRecords']): string {
  if (retried === 0) return 'There is no such rejected record: nothing is retried.';
  const count = retried === 1 ? '1 record is' : `${retried} records are`;
  const where = runId ? `; see it with: ledgerdesk run ${printable(runId)}` : '';
  return `${count} retried${where}`;
}
