import type { Command } from '../command.ts';
import { formatList } from '../table.ts';
import { showTime } from '../times.ts';
import { UsageError } from '../failures.ts';

const SCOPES = ['read', 'run', 'admin'];

/** `token create --scope SCOPE`: makes a further token of the admin API and prints it, this once. */
export const tokenCreate: Command = {
  name: 'token create',
  summary: 'make a further API token; it is printed once',
  positionals: [],
  options: { scope: { value: 'SCOPE', about: 'read, run or admin' } },
  async run(parsed, { openApi }) {
    const scope = parsed.text('scope');
    if (scope === undefined || !SCOPES.includes(scope)) throw new UsageError('--scope must be read, run or admin.');
    const api = await openApi();
    const answer = await api<'createToken'>({ method: 'POST', path: ['tokens'], body: { scope } });
    return {
      json: answer,
      text: answer.token,
      hint: `Token ${answer.id} is shown this once: keep it in a safe place.`,
    };
  },
};

/** `token list`: the tokens, without their secrets. */
export const tokenList: Command = {
  name: 'token list',
  summary: 'list the API tokens',
  positionals: [],
  options: { limit: { value: 'N', about: 'the newest N only' } },
  async run(parsed, { openApi }) {
    const api = await openApi();
    const list = await api<'listTokens'>({ method: 'GET', path: ['tokens'], query: { limit: parsed.count('limit') } });
    const rows = list.items.map(({ id, scope, createdAt, lastUsedAt, revokedAt }) => [
      id,
      scope,
      showTime(createdAt),
      lastUsedAt === null ? 'never' : showTime(lastUsedAt),
      revokedAt === null ? '' : showTime(revokedAt),
    ]);
    const table = { columns: ['ID', 'SCOPE', 'CREATED', 'LAST USED', 'REVOKED'], rows };
    return { json: list, text: formatList(table, { total: list.total, none: 'There are no further tokens.' }) };
  },
};

/** `token revoke ID`: ends a token at once. */
export const tokenRevoke: Command = {
  name: 'token revoke',
  summary: 'revoke an API token',
  positionals: ['ID'],
  options: {},
  async run(parsed, { openApi }) {
    const id = parsed.argument('ID');
    const api = await openApi();
    return {
      json: await api<'revokeToken'>({ method: 'DELETE', path: ['tokens', id] }),
      text: `Token ${id} is revoked.`,
    };
  },
};
