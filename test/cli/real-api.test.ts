import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startApi, type RunningApi } from '../api/running-api.ts';
import { runCli } from './run-cli.ts';
import { makeTemporaryDirectory, removeTemporaryDirectories } from './temporary-directory.ts';

const GUID = '11111111-2222-3333-4444-555555555555';
const RUN = '22222222-3333-4444-5555-666666666666';

const FILE = {
  id: 'contoso',
  name: 'Contoso Distribution',
  dynamics: {
    environmentUrl: 'https://contoso.operations.dynamics.com',
    tenantId: GUID,
    clientId: GUID,
    clientSecret: 'erp-secret-1',
    legalEntities: ['usmf'],
  },
  zendesk: { subdomain: 'contoso' },
};

/** The program and the API together, so that neither can rename a member without the other. */
describe('against the real API', () => {
  let api: RunningApi;
  const cli = (...args: string[]) => runCli(args, { LEDGERDESK_URL: api.origin, LEDGERDESK_ADMIN_TOKEN: api.token });

  beforeAll(async () => {
    api = await startApi();
    const file = join(await makeTemporaryDirectory(), 'contoso.json');
    await writeFile(file, JSON.stringify(FILE));
    expect(await cli('connection', 'apply', file)).toMatchObject({ code: 0 });
  });
  afterAll(async () => {
    await api.close();
    await removeTemporaryDirectories();
  });

  it('connection list fills every column', async () => {
    const { code, stdout } = await cli('connection', 'list');
    expect(code).toBe(0);
    const [head = '', row = '', ...rest] = stdout.trimEnd().split('\n');
    expect(rest).toEqual([]);
    expect(head.split(/ {2,}/)).toEqual(['ID', 'NAME', 'STATE', 'DYNAMICS 365', 'ZENDESK']);
    expect(row.split(/ {2,}/)).toEqual([
      'contoso',
      'Contoso Distribution',
      'needs_authorization',
      'https://contoso.operations.dynamics.com',
      'https://contoso.zendesk.com',
    ]);
  });

  it('records finds contacts by the code of a remark, and shows what it says', async () => {
    const client = new pg.Client({ connectionString: api.databaseUrl });
    await client.connect();
    await client.query(`insert into records (connection_id, legal_entity, kind, target, key, plain_name, plain_name_key,
      external_id, zendesk_id, state, code, message, action)
      values ('contoso', 'usmf', 'contact', 'user', '000902', 'N', 'n', 'usmf:000902', '72', 'created', 'email_shared', 'Shared.', 'Look.'),
        ('contoso', 'usmf', 'contact', 'user', '000903', 'N', 'n', 'usmf:000903', '73', 'created', null, null, null)`);
    await client.end();
    const { stdout } = await cli('records', 'contoso', '--kind', 'contact', '--code', 'email_shared');
    const [, row = '', ...notes] = stdout.trimEnd().split('\n');
    expect(row.split(/ {2,}/)).toEqual(['usmf', 'contact', '000902', 'created', 'usmf:000902', '72']);
    expect(notes).toEqual(['    email_shared: Shared.', '    To do: Look.']);
  });

  it('events shows what came in, and schedule that nothing runs without a token', async () => {
    const { store } = api.services;
    const event = { connectionId: 'contoso', source: 'dynamics' as const, type: 'CustomerChanged', bodyHash: 'b' };
    const received = await store.events.receive({ ...event, dedupeKey: '7', eventId: 'E-7', controlNumber: '7' });
    if (received.state !== 'new') throw new Error('The event was not new.');
    await store.events.ignored(received.id, 'ignored');
    const { stdout } = await cli('events', 'contoso');
    const [, row = ''] = stdout.trimEnd().split('\n');
    expect(row.split(/ {2,}/).slice(1)).toEqual(['dynamics', 'CustomerChanged', '7', 'accepted', 'ignored']);
    expect((await cli('support', 'contoso')).stdout).toBe('No account has had tickets yet.\n');
    expect((await cli('schedule', 'contoso')).stdout).toMatch(/^There are no schedules/);
    expect(await cli('schedule', 'contoso', 'pause')).toMatchObject({ code: 1 });
  });

  it('support shows the load of an account', async () => {
    const client = new pg.Client({ connectionString: api.databaseUrl });
    await client.connect();
    await client.query(`insert into records (connection_id, legal_entity, kind, target, key, plain_name, plain_name_key, zendesk_id)
      values ('contoso', 'usmf', 'customer', 'organization', 'US-017', 'N', 'n', '71')`);
    await client.end();
    const counts = {
      open: 3,
      pending: 2,
      onHold: 1,
      urgent: 1,
      contactsWithOpen: 2,
      satisfaction: { good: 0, bad: 0 },
    };
    const load = { ...counts, oldestOpenSince: '2026-11-20', lastActivityAt: '2026-11-24' };
    const key = { legalEntity: 'usmf', kind: 'customer' as const, key: 'US-017' };
    await api.services.store.support.save('contoso', key, { computed: { load, status: 'escalated' } });
    const [, row = ''] = (await cli('support', 'contoso')).stdout.trimEnd().split('\n');
    const cells = ['usmf', 'customer', 'US-017', 'escalated', '3', '1', '2', '1', '2', '2026-11-20', '2026-11-24'];
    expect(row.split(/ {2,}/)).toEqual(cells);
  });

  it('run shows the notes of a run', async () => {
    const { store } = api.services;
    const scope = { legalEntity: undefined, full: false, acceptShrink: false };
    const run = { runId: RUN, workflowId: 'master-sync/contoso', connectionId: 'contoso', kind: 'master' as const };
    await store.runs.begin({ ...run, ...scope });
    await store.runs.addNote(RUN, { code: 'bulk_user_import_off', message: 'One by one.' });
    await store.reports.finish(RUN, { status: 'completed', waitedMs: 0, error: null });
    const { code, stdout } = await cli('run', RUN);
    expect(code).toBe(0);
    expect(stdout).toContain('Note        One by one. (bulk_user_import_off)\n');
    expect(stdout).toMatch(/^Status {6}completed$/m);
  });
});
