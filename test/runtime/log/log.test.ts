import { inspect } from 'node:util';
import { ConfidentialClientApplication } from '@azure/msal-node';
import { describe, expect, it } from '@jest/globals';
import got from 'got';
import { createLog } from '../../../runtime/log/log.ts';
import type { LogOptions, LogSetup } from '../../../runtime/log/log.ts';
import { searchFor } from '../../fixtures/canaries.ts';

const CANARY = 'canary+secret/0123456789';
const HEADERS = { authorization: `Bearer ${CANARY}`, accept: 'application/json' };

/** Returns an error of got, which contains the request. No server listens on port 9. */
async function errorOfGot(): Promise<unknown> {
  const options = { headers: HEADERS, json: { client_secret: CANARY }, retry: { limit: 0 } };
  return got.post('http://127.0.0.1:9/oauth/tokens', options).then(
    () => new Error('The request succeeded.'),
    (error: unknown) => error,
  );
}

/** Returns an error of MSAL for a token endpoint that repeats the secret. */
async function errorOfMsal(): Promise<unknown> {
  const body = { error: 'invalid_client', error_description: `AADSTS7000215: client_secret=${CANARY}` };
  const sendPostRequestAsync = () => Promise.resolve({ status: 401, headers: {}, body: body as never });
  const app = new ConfidentialClientApplication({
    auth: {
      clientId: 'app',
      authority: 'https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555',
      clientSecret: CANARY,
    },
    system: { networkClient: { sendPostRequestAsync, sendGetRequestAsync: sendPostRequestAsync } },
  });
  return app.acquireTokenByClientCredential({ scopes: ['https://x/.default'] }).then(
    () => new Error('The request succeeded.'),
    (error: unknown) => error,
  );
}

function logTo(lines: string[], options: Partial<LogOptions> = {}): LogSetup {
  return createLog({ level: 'info', pretty: false, write: (line) => lines.push(line), ...options });
}

describe('createLog', () => {
  it('writes one JSON line per entry, with level, time and process name', () => {
    const lines: string[] = [];
    logTo(lines, { process: 'api' }).log.info({ url: 'http://127.0.0.1:1' }, 'listening');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      process: 'api',
      url: 'http://127.0.0.1:1',
      msg: 'listening',
    });
  });

  it('redacts known secrets, including those added later, in all encodings', () => {
    const lines: string[] = [];
    const { log, protect } = logTo(lines, { secrets: ['tok"en/1'] });
    protect('added later');
    log.info({ a: 'tok"en/1', b: `?t=${encodeURIComponent('tok"en/1')}` }, 'added later');
    expect(lines[0]).not.toMatch(/tok\\?"en|tok%22|added later/);
    expect(lines[0]?.match(/\[redacted\]/g)).toHaveLength(3);
  });

  it('writes the message and code of an error, but not its other members', () => {
    const lines: string[] = [];
    const error = Object.assign(new Error('refused'), { code: 'ECONNREFUSED', headers: { authorization: 'Bearer x' } });
    logTo(lines).log.error({ err: error }, 'failed');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      err: { type: 'Error', message: 'refused', code: 'ECONNREFUSED' },
    });
    expect(lines[0]).not.toContain('Bearer');
  });

  it.each(['plain', 'pretty'])(
    'never writes the requests in errors of HTTP clients, under any member name (%s)',
    async (format) => {
      const lines: string[] = [];
      const { log } = logTo(lines, { level: 'trace', pretty: format === 'pretty' });
      const errors = [await errorOfGot(), await errorOfMsal()];
      for (const error of errors) {
        expect(inspect(error, { depth: 9 })).toContain(CANARY);
        const wrapped = new Error('wrapped', { cause: error });
        const circular: Record<string, unknown> = { error };
        circular['self'] = circular;
        log.error(error);
        log.error({ err: error }, 'failed');
        log.warn({ error, wrapped, several: [error], circular }, 'failed');
        log.trace({ options: (error as { options?: unknown }).options, request: { headers: HEADERS } }, 'sent');
        log.debug({ connection: { id: 'contoso', clientSecret: CANARY, zendesk: { accessToken: CANARY } } }, 'read');
      }
      const text = lines.join('');
      expect(searchFor({ canary: CANARY })(text)).toEqual([]);
      expect(text).toContain('RequestError');
      expect(text).toContain('ECONNREFUSED');
      expect(text).toContain('contoso');
      expect(text).toContain('[redacted]');
    },
  );

  it('writes short readable lines with `pretty`', () => {
    const lines: string[] = [];
    const { log } = logTo(lines, { pretty: true, process: 'api' });
    log.info({ url: 'http://x', n: 2 }, 'listening');
    log.warn('slow');
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d api: listening url=http:\/\/x n=2\n$/);
    expect(lines[1]).toMatch(/^\d\d:\d\d:\d\d WARN api: slow\n$/);
  });
});
