import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ENDPOINTS } from '../../api/endpoints.ts';
import { searchFor, type CanarySearch } from '../fixtures/canaries.ts';
import { startCanarySetup, type CanarySetup } from '../fixtures/canary-setup.ts';
import { exportHistories, type ExportedHistory } from '../fixtures/histories.ts';
import {
  applyFiles,
  CONNECTIONS,
  consent,
  sendEvents,
  loseGrant,
  pingAll,
  startWithInvalidSettings,
  syncAll,
  waitUntilIdle,
} from '../fixtures/canary-scenarios.ts';
import { dumpDatabase } from '../fixtures/raw-database.ts';
import type { JournalEntry } from '../fixtures/sandbox.ts';

describe('the search for secrets', () => {
  const secret = 'canary+"secret"/ä\n0123456789';
  const search = searchFor({ secret });
  const buffer = Buffer.from(`client:${secret} and more`);

  it.each([
    ['as it is', secret],
    ['as JSON', JSON.stringify({ secret })],
    ['in a URL', `?s=${encodeURIComponent(secret)}&t=1`],
    ['in a form', new URLSearchParams({ secret }).toString()],
    ['in base64 amid other bytes', buffer.toString('base64')],
    ['in base64 one byte on', buffer.subarray(1).toString('base64')],
    ['in base64 two bytes on', buffer.subarray(2).toString('base64')],
    ['in base64 for URLs', buffer.toString('base64url')],
    ['in hexadecimal', buffer.toString('hex')],
    ['among raw bytes', Buffer.concat([Buffer.from([0, 255, 128]), buffer])],
    ['cut off', JSON.stringify('x'.repeat(70)).slice(0, 50)],
  ])('finds one %s', (_how, text) => {
    expect([...search(text), ...searchFor({ long: 'x'.repeat(70) })(text)]).not.toEqual([]);
  });

  it('finds nothing in a text without secrets', () => {
    expect(search('canary+secret, 0123456789')).toEqual([]);
  });
});

describe('the secrets of an installation in which everything fails', () => {
  let setup: CanarySetup;
  let search: CanarySearch;
  let mark: CanarySearch;
  let histories: readonly ExportedHistory[];
  let answers: string;
  let metrics: string;
  let database: Buffer;
  let counted: number;

  beforeAll(async () => {
    setup = await startCanarySetup();
    await applyFiles(setup);
    await pingAll(setup);
    await syncAll(setup);
    await sendEvents(setup);
    await consent(setup);
    await loseGrant(setup);
    await startWithInvalidSettings(setup);
    await setup.cli(['keys', 'rotate']);
    await waitUntilIdle(setup);
    await readAllAnswers(setup);
    await readAllCommands(setup);
    metrics = (await setup.request('GET', '/metrics', { headers: {} })).text;
    histories = await exportHistories(setup.client);
    database = await dumpDatabase(setup.databaseUrl);
    await setup.saveIssuedSecrets();
    const canaries = setup.canaries();
    counted = Object.keys(canaries).length;
    search = searchFor(canaries);
    mark = searchFor({ marker: setup.marker });
    answers = setup.recorded().responses;
  }, 600_000);
  afterAll(() => setup.close());

  it('were all used, and repeated in responses of the systems that accept them', async () => {
    expect(counted).toBeGreaterThanOrEqual(18);
    const { items } = await setup.sandbox.control<{ items: JournalEntry[] }>('GET', '/journal');
    const sent = searchFor(setup.canaries())(JSON.stringify(items.map(({ body }) => body)));
    for (const name of ['clientSecret', 'oauthClientSecret', 'wrongClientSecret', 'federatedToken', 'refreshToken'])
      expect(sent).toContain(`${name}, plain`);
    const { logs, commands } = setup.recorded();
    expect(answers).toContain('AADSTS7000215');
    expect(answers).toContain('AADSTS700027');
    expect(answers).toContain('[redacted]');
    expect(answers).toContain('needs_reconnect');
    for (const code of ['ECONNREFUSED', 'ECONNRESET', 'EPROTO|ERR_SSL']) expect(answers).toMatch(new RegExp(code));
    expect(commands).toContain('is not valid JSON at line 1');
    expect(commands).toContain('[redacted]');
    expect(logs).toContain('LEDGERDESK_ENCRYPTION_KEYS must be');
    expect(logs).toContain('which is not configured. Add it to LEDGERDESK_ENCRYPTION_KEYS');
  });

  it('are in no log line', () => expect(search(setup.recorded().logs)).toEqual([]));
  it('are in no response of the API', () => expect(search(answers)).toEqual([]));
  it('are in no line of the command line', () => expect(search(setup.recorded().commands)).toEqual([]));
  it('are in no metric', () => expect(search(metrics)).toEqual([]));
  it('are in no row of the database', () => expect(search(database)).toEqual([]));
  it('are in no history', () => {
    expect(histories.length).toBeGreaterThan(20);
    expect(histories.flatMap(({ id, text }) => search(text).map((found) => [id, found]))).toEqual([]);
  });

  it('would be found, since a marker that is no secret is found in each of these places', () => {
    const { logs, commands } = setup.recorded();
    for (const place of [logs, answers, commands, database]) expect(mark(place)).toContain('marker, plain');
    const known = searchFor({ connection: 'federated' });
    for (const place of [metrics, ...histories.filter(({ id }) => id.includes('federated')).map(({ text }) => text)])
      expect(known(place)).toContain('connection, plain');
  });
});

/** Reads everything that the API returns, of every connection and run. */
async function readAllAnswers(setup: CanarySetup): Promise<void> {
  const paths = ENDPOINTS.filter(({ method }) => method === 'get').map(({ path }) => path);
  const runs: string[] = [];
  for (const id of CONNECTIONS) {
    for (const path of paths.filter((one) => one.includes('/{id}')))
      await setup.request('GET', `/api${path.replace('{id}', id)}`);
    const { items } = JSON.parse((await setup.request('GET', `/api/connections/${id}/runs`)).text) as { items: Run[] };
    runs.push(...items.map(({ runId }) => runId));
  }
  for (const path of paths.filter((one) => !one.includes('/{id}')))
    for (const run of path.includes('{runId}') ? runs : [''])
      await setup.request('GET', `/api${path.replace('{runId}', run)}`);
  for (const path of ['/healthz', '/readyz', '/nothing']) await setup.request('GET', path);
}

/** Reads everything that the command line returns of the connection with the most data. */
async function readAllCommands(setup: CanarySetup): Promise<void> {
  for (const command of ['connection show', 'runs', 'records', 'events', 'support', 'schedule', 'audit'])
    await setup.cli([...command.split(' '), 'main']);
  for (const command of ['connection list', 'token list', 'audit']) await setup.cli(command.split(' '));
}

interface Run {
  readonly runId: string;
}
