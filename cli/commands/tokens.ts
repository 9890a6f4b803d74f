import type { Command } from '../command.ts';
import { formatList } from '../table.ts';
import { showTime } from '../times.ts';
import { UsageError } from '../failures.ts';

const SCOPES = ['read', 'run', 'admin'];

/** Defines the command `token create --scope SCOPE`, which creates a token for the admin API and prints it. */
export const tokenCreate: Command = {
  name: 'token create',
  summary: 'create an API token; it is shown only once',
  positionals: [],
  options: { scope: { value: 'SCOPE', about: 'the scope: read, run or admin' } },
  async run(parsed, { openApi }) {
    const scope = parsed.text('scope');
    if (scope === undefined || !SCOPES.includes(scope)) throw new UsageError('--scope must be read, run or admin.');
    const api = await openApi();
    const response = await api<'createToken'>({ method: 'POST', path: ['tokens'], body: { scope } });
    return {
      json: response,
      text: response.token,
      hint: `Token ${response.id} was created. It is shown only once. Store it in a safe place.`,
    };
  },
};

/** Defines the command `token list`, which lists the tokens without their secrets. */
export const tokenList: Command = {
  name: 'token list',
  summary: 'list the API tokens',
  positionals: [],
  options: { limit: { value: 'N', about: 'show only the newest N' } },
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
    return { json: list, text: formatList(table, { total: list.total, none: 'No tokens were created.' }) };
  },
};

/** Defines the command `token revoke ID`, which revokes a token at once. */
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
      text: `Token ${id} was revoked.`,
    };
  },
};
