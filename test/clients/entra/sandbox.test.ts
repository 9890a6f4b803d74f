import { generateKeyPairSync } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { AppCertificate } from '../../../clients/entra/client-assertion.ts';
import { createEntraTokens, type TokenSource } from '../../../clients/entra/tokens.ts';
import { createClock, type Clock } from '../../../sandbox/core/clock.ts';
import { createFaults, type Faults } from '../../../sandbox/core/faults.ts';
import { createJournal } from '../../../sandbox/core/journal.ts';
import { createRandom } from '../../../sandbox/core/random.ts';
import { startEntra, type Entra } from '../../../sandbox/entra/server.ts';
import type { EntraSettings } from '../../../sandbox/entra/settings.ts';
import { createTokens, type Tokens } from '../../../sandbox/entra/tokens.ts';
import { failureOf, httpTo } from '../kit.ts';

const RESOURCE = 'http://erp.test:1234';
const REGISTRATION = {
  tenantId: '11111111-2222-3333-4444-555555555555',
  clientId: '99999999-8888-7777-6666-555555555555',
  clientSecret: 'a secret/with+odd~characters',
  resources: [RESOURCE],
};
let entra: Entra | undefined;

afterEach(async () => {
  await entra?.close();
  entra = undefined;
});

type Wrong = Partial<Record<'tenantId' | 'clientId' | 'clientSecret' | 'resource', string>> & {
  readonly certificate?: AppCertificate;
};

interface Started {
  readonly app: (wrong?: Wrong) => TokenSource;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly tokens: Tokens;
  readonly settings: EntraSettings;
}

async function start(): Promise<Started> {
  const clock = createClock();
  const faults = createFaults({ clock, random: createRandom(5) });
  const tokens = createTokens();
  const server = await startEntra({ clock, faults, tokens, journal: createJournal(clock), registration: REGISTRATION });
  entra = server;
  const http = httpTo({ host: new URL(server.url).host }, 'entra');
  const app = ({ clientSecret = REGISTRATION.clientSecret, certificate, ...wrong }: Wrong = {}): TokenSource =>
    createEntraTokens({
      tenantId: REGISTRATION.tenantId,
      clientId: REGISTRATION.clientId,
      resource: RESOURCE,
      ...wrong,
      credential: certificate === undefined ? { clientSecret } : { certificate },
      authorityHost: server.url,
      http,
    });
  return { app, clock, faults, tokens, settings: server.settings };
}

describe('tokens of the simulated Entra', () => {
  it('are issued for the environment', async () => {
    const { app, tokens } = await start();
    const token = await app().token();
    expect(tokens.find(token)).toEqual({
      audience: RESOURCE,
      clientId: REGISTRATION.clientId,
      tenantId: REGISTRATION.tenantId,
    });
  });

  it.each<[Wrong, string]>([
    [{ clientSecret: 'wrong' }, 'AADSTS7000215'],
    [{ clientId: '00000000-0000-0000-0000-000000000001' }, 'AADSTS700016'],
    [{ tenantId: '00000000-0000-0000-0000-000000000002' }, 'AADSTS90002'],
    [{ resource: 'http://other.test' }, 'AADSTS500011'],
  ])('are refused with the invalid value %j, with the code of the error', async (wrong, code) => {
    const { app } = await start();
    expect(await failureOf(app(wrong).token())).toMatchObject({ kind: 'unauthorized', code });
  });

  it.each([-300_000, 300_000])('are issued for a certificate if our clock differs by %i ms', async (skewMs) => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const certificate = {
      thumbprintSha256: 'ab'.repeat(32),
      privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    };
    const { app, clock, settings } = await start();
    settings.assertionKeys = [publicKey.export({ type: 'spki', format: 'pem' }).toString()];
    clock.setSkew(skewMs);
    expect(await app({ certificate }).token()).not.toBe('');
    clock.setSkew(4 * skewMs);
    expect(await failureOf(app({ certificate }).token())).toMatchObject({
      code: 'AADSTS700024',
      advice: expect.stringMatching(/^Synchronize the clock/) as unknown,
    });
  });

  it('are issued again after an outage', async () => {
    const { app, faults } = await start();
    const source = app();
    faults.add({ system: 'entra', action: { kind: 'status', status: 503, body: 'html' } });
    faults.add({ system: 'entra', action: { kind: 'status', status: 429, retryAfter: 5 } });
    expect((await failureOf(source.token())).kind).toBe('unavailable');
    expect(await failureOf(source.token())).toMatchObject({ kind: 'limited', retryAfterMs: 5_000 });
    expect(await source.token()).not.toBe('');
  });
});
