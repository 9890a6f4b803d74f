import { afterEach, describe, expect, it } from '@jest/globals';
import { closeLoopbacks, startLoopback } from '../fixtures/loopback.ts';
import { runCliAt } from './run-cli.ts';

afterEach(closeLoopbacks);

const TOKEN = {
  id: 'a1b2c3d4e5f6',
  scope: 'run',
  createdAt: '2026-11-24T10:00:00.000Z',
  lastUsedAt: null,
  revokedAt: '2026-11-25T10:00:00.000Z',
};

describe('token', () => {
  it('create prints the secret alone, and what to do with it on stderr', async () => {
    const answer = { id: TOKEN.id, token: 'ldt_secret', scope: 'run' };
    const api = await startLoopback(() => ({ status: 201, body: answer }));
    const { code, stdout, stderr } = await runCliAt(api.origin, ['token', 'create', '--scope', 'run']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'ldt_secret\n' });
    expect(stderr).toContain('shown only once');
    expect(stderr).not.toContain('ldt_secret');
    expect(api.requests[0]).toMatchObject({ method: 'POST', url: '/api/tokens', body: '{"scope":"run"}' });
    const asJson = await runCliAt(api.origin, ['token', 'create', '--scope', 'run', '--json']);
    expect(JSON.parse(asJson.stdout)).toEqual(answer);
  });

  it.each([[[]], [['--scope', 'root']]])('create wants a scope that there is: %j', async (words) => {
    const api = await startLoopback(() => ({ body: {} }));
    const { code, stderr } = await runCliAt(api.origin, ['token', 'create', ...words]);
    expect(code).toBe(2);
    expect(stderr).toContain('--scope must be read, run or admin.');
    expect(api.requests).toHaveLength(0);
  });

  it('list is a table', async () => {
    const api = await startLoopback(() => ({ body: { items: [TOKEN], total: 3 } }));
    const { stdout } = await runCliAt(api.origin, ['token', 'list', '--limit', '1']);
    const [head = '', row = '', count] = stdout.split('\n');
    expect(head.split(/ {2,}/)).toEqual(['ID', 'SCOPE', 'CREATED', 'LAST USED', 'REVOKED']);
    expect(row.split(/ {2,}/)).toEqual([TOKEN.id, 'run', '2026-11-24 10:00:00Z', 'never', '2026-11-25 10:00:00Z']);
    expect(count).toBe('(1 of 3)');
    expect(api.requests[0]?.url).toBe('/api/tokens?limit=1');
  });

  it('revoke names the token, and fails when there is none', async () => {
    const api = await startLoopback(() => ({ body: { id: TOKEN.id, revoked: true } }));
    const { code, stdout } = await runCliAt(api.origin, ['token', 'revoke', TOKEN.id]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `Token ${TOKEN.id} was revoked.\n` });
    expect(api.requests[0]).toMatchObject({ method: 'DELETE', url: `/api/tokens/${TOKEN.id}` });
    const error = { code: 'token_missing', message: 'There is no token "x" that is in use.' };
    const none = await startLoopback(() => ({ status: 404, body: { error } }));
    expect(await runCliAt(none.origin, ['token', 'revoke', 'x'])).toMatchObject({
      code: 1,
      stderr: `${error.message}\n`,
    });
  });
});

describe('audit', () => {
  const entry = { at: '2026-11-24T10:00:00.000Z', actor: 'admin', action: 'keys.rotate', subject: null, detail: null };

  it('is a table of who did what, of one connection when it is named', async () => {
    const api = await startLoopback(() => ({ body: { items: [entry], total: 1 } }));
    const { stdout } = await runCliAt(api.origin, ['audit']);
    expect(stdout.split('\n')[1]?.split(/ {2,}/)).toEqual(['2026-11-24 10:00:00Z', 'admin', 'keys.rotate']);
    const asJson = await runCliAt(api.origin, ['audit', 'contoso', '--limit', '5', '--json']);
    expect(JSON.parse(asJson.stdout)).toEqual({ items: [entry], total: 1 });
    expect(api.requests.map(({ url }) => url)).toEqual(['/api/audit', '/api/audit?connection=contoso&limit=5']);
  });
});

describe('keys rotate', () => {
  it('says for how many connections the credentials were encrypted again', async () => {
    const api = await startLoopback(() => ({ body: { rotated: 2, keyId: 'k2' } }));
    const { code, stdout } = await runCliAt(api.origin, ['keys', 'rotate']);
    expect(code).toBe(0);
    expect(stdout).toContain('The credentials of 2 connection(s) are now encrypted with key k2. Keep older keys until');
    expect(api.requests[0]).toMatchObject({ method: 'POST', url: '/api/keys/rotate' });
  });
});

describe('codec', () => {
  const answer = { encrypts: true, keyId: 'k2', endpoint: 'http://127.0.0.1:8080/codec/capability' };

  it.each([
    [true, 'Payloads are encrypted under key k2.'],
    [false, 'Payloads are not encrypted'],
  ])('prints the address alone, and on stderr whether payloads are encrypted (%s)', async (encrypts, hint) => {
    const api = await startLoopback(() => ({ body: { ...answer, encrypts } }));
    const { code, stdout, stderr } = await runCliAt(api.origin, ['codec']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${answer.endpoint}\n` });
    expect(stderr).toContain(hint);
    expect(stderr).not.toContain(answer.endpoint);
    expect(api.requests[0]).toMatchObject({ method: 'GET', url: '/api/codec' });
  });
});

describe('ping', () => {
  const well = { name: 'entra.token', system: 'entra', status: 'ok', detail: 'Entra gives a token.', fix: '' };
  const ill = { name: 'zendesk.token', system: 'zendesk', status: 'fail', detail: 'An agent.', fix: 'Authorize anew.' };

  it.each([
    [true, 0, [well]],
    [false, 1, [well, ill]],
  ])('with ok %s exits %i', async (ok, exit, checks) => {
    const api = await startLoopback(() => ({ body: { ok, checks } }));
    const plain = await runCliAt(api.origin, ['ping', 'contoso']);
    expect(plain.code).toBe(exit);
    expect(plain.stdout).toMatch(/^ok +entra\.token +Entra gives a token\.$/m);
    if (!ok) expect(plain.stdout).toMatch(/^fail +zendesk\.token +An agent\. Authorize anew\.$/m);
    const asJson = await runCliAt(api.origin, ['ping', 'contoso', '--json']);
    expect({ code: asJson.code, body: JSON.parse(asJson.stdout) as unknown }).toEqual({
      code: exit,
      body: { ok, checks },
    });
    expect(api.requests[0]).toMatchObject({ method: 'POST', url: '/api/connections/contoso/ping' });
  });
});

describe('connection authorize', () => {
  it('prints the link, and ends once the consent was given', async () => {
    const link = 'http://127.0.0.1:8080/oauth/zendesk/start?connection=contoso';
    const seen = [
      { link, updatedAt: 'then' },
      { state: 'needs_authorization', updatedAt: 'then' },
      { state: 'active', updatedAt: 'now' },
    ];
    const api = await startLoopback((_request, { nth }) => ({ body: seen[nth - 1] }));
    const { code, stdout, stderr } = await runCliAt(api.origin, ['connection', 'authorize', 'contoso', '--json']);
    expect(code).toBe(0);
    expect(stderr).toContain(link);
    expect(JSON.parse(stdout)).toEqual({ id: 'contoso', authorized: true, link });
    expect(api.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /api/connections/contoso/authorize',
      'GET /api/connections/contoso',
      'GET /api/connections/contoso',
    ]);
  });
});
