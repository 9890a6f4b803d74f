import { businessEventRoutes } from './control/business-event-routes.ts';
import { bulkTicketRoutes, deliveryRoutes, oauthRoutes } from './control/zendesk-operations-routes.ts';
import { dynamicsRoutes } from './control/dynamics-routes.ts';
import { clockRoutes } from './control/clock-routes.ts';
import { faultRoutes } from './control/fault-routes.ts';
import { journalRoutes } from './control/journal-routes.ts';
import { startControl } from './control/server.ts';
import { settingsRoutes } from './control/settings-routes.ts';
import { zendeskRoutes } from './control/zendesk-routes.ts';
import { createClock } from './core/clock.ts';
import { createFaults } from './core/faults.ts';
import { createJournal } from './core/journal.ts';
import type { Reach, TlsFiles } from './core/listener.ts';
import { createRandom } from './core/random.ts';
import type { Dynamics } from './dynamics/server.ts';
import { startDynamics } from './dynamics/server.ts';
import type { Entra } from './entra/server.ts';
import { startEntra } from './entra/server.ts';
import type { Tokens } from './entra/tokens.ts';
import { createTokens } from './entra/tokens.ts';
import { seedCompanies, seedDistributor } from './seed/distributor.ts';
import type { ZendeskServer } from './zendesk/server.ts';
import { startZendesk } from './zendesk/server.ts';

/** The name of the data that the systems start with. */
export type SeedName = 'distributor' | 'empty';

/** The options of a sandbox. */
export interface SandboxOptions {
  readonly seed: SeedName;
  /** Any free ports by default. */
  readonly ports?: Partial<Record<'zendesk' | 'dynamics' | 'entra' | 'control', number>>;
  /** The name under which the servers are reached, and the address on which they listen; default 127.0.0.1. */
  readonly host?: string;
  /** Simulated seconds per real second, for rate limits and jobs; default 1. Access tokens expire in real time. */
  readonly clockScale?: number;
  /** True if the journal keeps request bodies; default true. */
  readonly keepBodies?: boolean;
  /** Zendesk, F&O and Entra use TLS; plain HTTP by default. The control server never does. */
  readonly tls?: TlsFiles;
  /** The origins under which clients know the systems, if a proxy leads from there to their ports. */
  readonly publicUrls?: Partial<Record<System, string>>;
}

/** A simulated system. */
type System = 'zendesk' | 'dynamics' | 'entra';

/** The base URLs of the systems and the test credentials. */
export interface SandboxAccess {
  readonly zendesk: string;
  readonly dynamics: string;
  readonly entra: string;
  readonly control: string;
  readonly zendeskToken: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly oauthClientId: string;
  readonly oauthClientSecret: string;
  /** The ports on which the systems listen. Present only if clients know them under other origins. */
  readonly ports?: Readonly<Record<System, number>>;
}

/** A running sandbox. */
export interface Sandbox extends SandboxAccess {
  close(): Promise<void>;
}

/** The credentials of every sandbox. They are not secret. */
const CREDENTIALS = {
  tenantId: '11111111-2222-3333-4444-555555555555',
  clientId: '66666666-7777-8888-9999-000000000000',
  clientSecret: 'sandbox-erp-secret',
  oauthClientId: 'sandbox_desk_client',
  oauthClientSecret: 'sandbox-desk-secret',
};

/** Starts Zendesk, F&O and Entra as local servers, and the control server. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { seed, ports = {}, host = '127.0.0.1', clockScale = 1, keepBodies = true } = options;
  const clock = createClock({ scale: clockScale });
  const random = createRandom(1);
  const journal = createJournal(clock, { keepBodies });
  const faults = createFaults({ clock, random });
  const tokens = createTokens();
  const reach = (system: System): Reach => reachOf(options, system);
  const shared = { clock, random, journal, faults };
  const oauthClient = { id: CREDENTIALS.oauthClientId, secret: CREDENTIALS.oauthClientSecret };
  const zendesk = await startZendesk({ ...shared, ...reach('zendesk'), oauthClient });
  const dynamics = await startDynamics({ clock, journal, faults, tokens, ...reach('dynamics') });
  const registration = { ...CREDENTIALS, resources: [dynamics.url] };
  const entra = await startEntra({ clock, journal, faults, tokens, registration, ...reach('entra') });
  if (seed === 'empty') seedCompanies(dynamics.state);
  else seedDistributor({ dynamics: dynamics.state, zendesk: zendesk.state, now: clock.now() });
  const routes = [
    ...journalRoutes(journal, () => zendesk.state.mailsSent().length),
    ...faultRoutes(faults),
    ...clockRoutes(clock),
    ...systemRoutes({ zendesk, dynamics, entra, tokens }),
  ];
  const control = await startControl({ routes, host, port: ports.control ?? 0 });
  const servers = [control, zendesk, dynamics, entra];
  return {
    zendesk: zendesk.url,
    dynamics: dynamics.url,
    entra: entra.url,
    control: control.url,
    zendeskToken: zendesk.credentials.accessToken,
    ...CREDENTIALS,
    ...(options.publicUrls && { ports: { zendesk: zendesk.port, dynamics: dynamics.port, entra: entra.port } }),
    close: async () => {
      faults.clear();
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}

function reachOf({ ports = {}, host, tls, publicUrls = {} }: SandboxOptions, system: System): Reach {
  const publicUrl = publicUrls[system];
  return {
    port: ports[system] ?? 0,
    ...(host !== undefined && { host }),
    ...(tls !== undefined && { tls }),
    ...(publicUrl !== undefined && { publicUrl }),
  };
}

interface Systems {
  readonly zendesk: ZendeskServer;
  readonly dynamics: Dynamics;
  readonly entra: Entra;
  readonly tokens: Tokens;
}

function systemRoutes({ zendesk, dynamics, entra, tokens }: Systems): Parameters<typeof startControl>[0]['routes'] {
  const settings = { zendesk: zendesk.settings, dynamics: dynamics.settings, entra: entra.settings };
  return [
    ...settingsRoutes(settings),
    ...businessEventRoutes(dynamics.events),
    ...dynamicsRoutes(dynamics.state, dynamics.events),
    ...bulkTicketRoutes(zendesk.tickets),
    ...deliveryRoutes(zendesk.deliveries),
    ...oauthRoutes(zendesk.oauth),
    ...zendeskRoutes(zendesk.state),
    { method: 'POST', pattern: /^\/state\/entra\/revoke$/, handle: () => tokens.revokeAll() },
  ];
}
