import type { Responses } from '../../api/endpoints.ts';
import type { Command } from '../command.ts';
import { printable } from '../printable.ts';

/**
 * Defines the command `retry ID`, which retries rejected records: all, those with one code, or those with the given
 * keys.
 */
export const retry: Command = {
  name: 'retry',
  summary:
    'retry rejected records; KEY is a number, or entity/kind/number such as usmf/contact/000901; all without KEY',
  positionals: ['ID'],
  rest: 'KEY',
  options: { code: { value: 'C', about: 'retry only records that were rejected with this code' } },
  async run(parsed, { openApi }) {
    const code = parsed.text('code');
    const body = { ...(code !== undefined && { code }), ...(parsed.rest.length > 0 && { keys: parsed.rest }) };
    const api = await openApi();
    const path = ['connections', parsed.argument('ID'), 'retry'];
    const response = await api<'retryRecords'>({ method: 'POST', path, body });
    return { json: response, text: showRetried(response) };
  },
};

function showRetried({ retried, runId }: Responses['retryRecords']): string {
  if (retried === 0) return 'No rejected records match. Nothing is retried.';
  const count = retried === 1 ? '1 record is' : `${retried} records are`;
  const hint = runId ? ` To see the run, run: ledgerdesk run ${printable(runId)}` : '';
  return `${count} being retried.${hint}`;
}
