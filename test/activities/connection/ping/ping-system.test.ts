import { describe, expect, it } from '@jest/globals';
import { useStepTests } from '../../../fixtures/step-context.ts';
import type { ChangeSettings } from '../../../fixtures/test-run.ts';
import { checkOf, ping } from './pings.ts';

/** Port 9 is for discarding; nothing listens there. */
const NOWHERE = 'http://127.0.0.1:9';

const at = useStepTests();

const failures = ({ checks }: Awaited<ReturnType<typeof ping>>) =>
  checks.filter(({ status }) => status === 'fail').map(({ name }) => name);
const movingDynamics =
  (dynamics: object): ChangeSettings =>
  (settings) => ({ ...settings, dynamics: { ...settings.dynamics, ...dynamics } });

describe('pinging F&O', () => {
  it('finds everything in order, and writes nothing', async () => {
    const run = await at.begin();
    await at.sandbox.control('PUT', `/state/dynamics/customers/${run.legalEntity}/A1`, {});
    const found = await ping(at, run, 'dynamics');
    expect(found.checks.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(found.checks.map(({ name }) => name)).toEqual([
      ...['entra.address', 'entra.token', 'dynamics.address', 'dynamics.user', 'dynamics.legalEntities'],
      ...['dynamics.customers', 'dynamics.contacts', 'dynamics.annotation.customers', 'dynamics.clock'],
    ]);
    expect(new Set(found.entries.map(({ method }) => method))).toEqual(new Set(['GET']));
  });

  it('does not ask Entra for a token that is still valid', async () => {
    const run = await at.begin();
    await ping(at, run, 'dynamics');
    expect(await checkOf(at, run, 'entra.address')).toMatchObject({ status: 'ok' });
  });

  it('blames Entra when it gives no token, and checks nothing of F&O', async () => {
    const run = await at.begin();
    await at.store.credentials.apply(run.connectionId, { 'dynamics.clientSecret': 'wrong' });
    const found = await ping(at, run, 'dynamics');
    expect(failures(found)).toEqual(['entra.token']);
    expect(found.entries).toEqual([]);
    const others = found.checks.filter(({ system }) => system === 'dynamics');
    expect(new Set(others.map(({ status }) => status))).toEqual(new Set(['warn']));
  });

  it('blames Entra when the connection has no credential for F&O', async () => {
    const run = await at.begin();
    await at.query(
      `delete from credentials where connection_id = $1 and field = 'dynamics.clientSecret'`,
      run.connectionId,
    );
    const found = await ping(at, run, 'dynamics');
    expect(failures(found)).toEqual(['entra.token']);
    expect(found.checks.find(({ name }) => name === 'entra.address')?.status).toBe('warn');
  });

  it('blames the address of Entra when nothing answers there', async () => {
    const run = await at.begin(movingDynamics({ authorityHost: NOWHERE }));
    expect(failures(await ping(at, run, 'dynamics'))).toEqual(['entra.address']);
  });

  it('blames the address of F&O when nothing answers there', async () => {
    const run = await at.begin(movingDynamics({ environmentUrl: NOWHERE }));
    await at.sandbox.control('PATCH', '/settings/entra', { furtherResources: [NOWHERE] });
    const found = await ping(at, run, 'dynamics');
    expect(failures(found)).toEqual(['dynamics.address']);
    expect(found.checks.find(({ name }) => name === 'entra.token')?.status).toBe('ok');
  });

  it('checks nothing else of F&O when the app is mapped to no user', async () => {
    const run = await at.begin();
    await at.sandbox.control('PATCH', '/settings/dynamics', { unmappedAppStatus: 401 });
    const found = await ping(at, run, 'dynamics');
    expect(failures(found)).toEqual(['dynamics.user']);
    expect(found.checks.find(({ name }) => name === 'dynamics.customers')).toMatchObject({ status: 'warn' });
    expect(found.entries.every(({ path }) => path.endsWith('/LegalEntities'))).toBe(true);
  });

  it('warns when F&O asks to wait', async () => {
    const run = await at.begin();
    const fault = { system: 'dynamics', action: { kind: 'status', status: 429, retryAfter: 60 }, times: null };
    await at.sandbox.control('POST', '/faults', fault);
    const found = await ping(at, run, 'dynamics');
    expect(failures(found)).toEqual([]);
    expect(found.checks.find(({ name }) => name === 'dynamics.user')).toMatchObject({ status: 'warn' });
    expect(found.entries).toHaveLength(1);
  });
});

describe('pinging Zendesk', () => {
  it('checks nothing else when the token is not taken', async () => {
    const run = await at.begin();
    await at.store.credentials.apply(run.connectionId, { 'zendesk.accessToken': 'wrong' });
    const found = await ping(at, run, 'zendesk');
    expect(failures(found)).toEqual(['zendesk.token']);
    expect(new Set(found.checks.slice(2).map(({ status }) => status))).toEqual(new Set(['warn']));
    expect(found.checks[0]).toMatchObject({ name: 'zendesk.address', status: 'ok' });
  });

  it('blames the address when nothing answers there', async () => {
    const run = await at.begin((settings) => ({ ...settings, zendesk: { ...settings.zendesk, baseUrl: NOWHERE } }));
    expect(failures(await ping(at, run, 'zendesk'))).toEqual(['zendesk.address']);
  });

  it('has not checked the address when the connection has no token', async () => {
    const run = await at.begin();
    await at.query(
      `delete from credentials where connection_id = $1 and field = 'zendesk.accessToken'`,
      run.connectionId,
    );
    const found = await ping(at, run, 'zendesk');
    expect(found.entries).toEqual([]);
    expect(failures(found)).toEqual(['zendesk.token']);
    expect(found.checks[0]).toMatchObject({ name: 'zendesk.address', status: 'warn' });
  });
});
