import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { Connection } from '@temporalio/client';
import { createApp } from '../../api/app.ts';
import { DATABASE_WAITS } from '../../api/database-waits.ts';
import { createHttpServer } from '../../api/http-server.ts';
import { loadConfig } from '../../runtime/config/config.ts';
import { createLog } from '../../runtime/log/log.ts';
import { ensureSearchAttributes } from '../../runtime/temporal/search-attributes.ts';
import { createSecret } from '../../runtime/config/secret.ts';
import { openServices, type Services } from '../../runtime/services.ts';
import { SEARCH_ATTRIBUTE_NAMES } from '../../workflows/search-attributes.ts';
import { createDatabase } from '../fixtures/database.ts';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** The API on a free port, over a database and a namespace of its own; no worker works for it. */
export interface RunningApi {
  readonly services: Services;
  readonly databaseUrl: string;
  /** Its address, and the token that it takes. */
  readonly origin: string;
  readonly token: string;
  /** Log lines so far. */
  readonly lines: readonly string[];
  /** Asks with the valid token. */
  ask(method: string, path: string, body?: unknown): Promise<Answer>;
  /** Asks with no headers but these. */
  askPlainly(method: string, path: string, init: RequestInit): Promise<Answer>;
  close(): Promise<void>;
}

const TEST_TOKEN = 'the-admin-token';

/** Where pages of the Web UI come from, for the API under test. */
export const UI_ORIGIN = 'http://127.0.0.1:8233';

/**
 * Starts the API. `temporalAddress` may name a place where no Temporal is, `proxyAddress` a proxy in front of Temporal; `keys` are written as operators configure them;
 * `maxFailures`: wrong credentials that one address may send within a minute.
 */
export async function startApi(
  options: { temporalAddress?: string; proxyAddress?: string; keys?: string; maxFailures?: number } = {},
): Promise<RunningApi> {
  const database = await createDatabase();
  const namespace = `t${randomBytes(6).toString('hex')}`;
  const address = options.temporalAddress ?? process.env['TEST_TEMPORAL_ADDRESS'] ?? '';
  const env = {
    DATABASE_URL: database.url,
    LEDGERDESK_ENCRYPTION_KEYS: options.keys ?? `test:${Buffer.alloc(32, 7).toString('base64')}`,
    LEDGERDESK_ALLOW_HOSTS: '127.0.0.1',
    TEMPORAL_ADDRESS: options.proxyAddress ?? address,
    TEMPORAL_NAMESPACE: namespace,
  };
  if (options.temporalAddress === undefined) await createNamespace(address, namespace);
  const services = await openServices({ config: loadConfig(env), env, databaseWaits: DATABASE_WAITS });
  const lines: string[] = [];
  const { log } = createLog({ level: 'info', pretty: false, write: (line) => lines.push(line) });
  const place = { url: '' };
  const app = createApp({
    ...{ services, log, uiOrigins: [UI_ORIGIN], maxFailures: options.maxFailures },
    publicUrl: () => place.url,
    adminToken: createSecret(TEST_TOKEN),
  });
  const server = createHttpServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  place.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    services,
    databaseUrl: database.url,
    origin: place.url,
    token: TEST_TOKEN,
    lines,
    ask: (method, path, body) => ask(`${place.url}${path}`, { method, ...withToken(body) }),
    askPlainly: (method, path, init) => ask(`${place.url}${path}`, { method, ...init }),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await services.close();
      await database.drop();
    },
  };
}

function withToken(body: unknown): RequestInit {
  const headers = { authorization: `Bearer ${TEST_TOKEN}`, 'content-type': 'application/json' };
  if (body === undefined) return { headers };
  return { headers, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

async function ask(url: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(url, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
}

type RegisterNamespace = Parameters<Connection['workflowService']['registerNamespace']>[0];
type Seconds = NonNullable<NonNullable<RegisterNamespace['workflowExecutionRetentionPeriod']>['seconds']>;

async function createNamespace(address: string, namespace: string): Promise<void> {
  const connection = await Connection.connect({ address });
  const seconds = 86_400 as unknown as Seconds;
  await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: { seconds } });
  await ensureSearchAttributes(connection, namespace, SEARCH_ATTRIBUTE_NAMES);
  await connection.close();
}
