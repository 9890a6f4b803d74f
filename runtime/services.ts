import { createAlertReceiver, type TellOperator } from '../clients/alert-receiver.ts';
import { createEgress, type Egress } from '../clients/egress.ts';
import { prepareFields } from '../clients/zendesk/prepare-fields.ts';
import { FarSystemError } from '../clients/errors.ts';
import { createExchange } from '../clients/exchange.ts';
import { createHttp, type RequestObserver } from '../clients/http.ts';
import { parseLosslessJson } from '../clients/lossless-json.ts';
import { ConnectionProblem } from '../store/connection/connections.ts';
import { SealError } from '../store/connection/sealing.ts';
import { openStore, type Store } from '../store/store.ts';
import { ConfigError, requireSettings, type Config, type Env } from './config/config.ts';
import { buildOAuth, createFarSystemsOpener, type WithFarSystems } from './remote-systems.ts';
import { createZendeskConsent, type ZendeskConsent } from './zendesk-consent.ts';
import { createPayloadEncryption, type PayloadEncryption } from './temporal/payload-encryption.ts';
import { connectTemporal, type TemporalConnection } from './temporal/temporal-connection.ts';
import { openTracing } from './log/tracing.ts';

/** What an api or worker process works with, built once from its configuration. */
export interface Services {
  readonly store: Store;
  readonly temporal: TemporalConnection;
  /** How payloads are kept in Temporal; the client of `temporal` keeps them so. */
  readonly payloads: PayloadEncryption;
  readonly withFarSystems: WithFarSystems;
  /** Tells the operator an alert; undefined where LEDGERDESK_ALERT_URL is not set. */
  readonly tell: TellOperator | undefined;
  /** Creates the organization and user fields that a connection's Zendesk lacks; answers how many. */
  prepareZendesk(connectionId: string): Promise<number>;
  /** Judges an address that an operator typed. */
  readonly judgeOrigin: Egress['judgeOrigin'];
  /** Parses JSON so that 64-bit numbers survive, as text. Throws SyntaxError. */
  parseJson(text: string): unknown;
  /** Consents by which persons authorize connections in Zendesk. */
  readonly consent: ZendeskConsent;
  /** Says in a code and one sentence what went wrong; holds no secret. */
  describeFailure(error: unknown): { readonly code: string; readonly message: string };
  close(): Promise<void>;
}

/**
 * Builds the services of a process. Throws ConfigError when a setting is missing, SealError when the encryption keys do not
 * open what is stored, and what PostgreSQL's client throws when the database cannot be reached. Temporal connects lazily.
 */
export async function openServices(options: { config: Config; env: Env }): Promise<Services> {
  const { databaseUrl, encryptionKeys, allowHosts } = requireSettings(options.config, [
    'databaseUrl',
    'encryptionKeys',
  ]);
  const store = await openStore({ url: databaseUrl.reveal(), keys: encryptionKeys });
  const payloads = createPayloadEncryption(encryptionKeys, { isOn: !options.config.encryptionKeysGenerated });
  // Failures are only read here, and the converter that Temporal has by itself reads encrypted ones too.
  const dataConverter = { payloadCodecs: [payloads.codec] };
  const tracing = await openTracing(options.config);
  const temporal = connectTemporal({ env: options.env, client: { dataConverter }, plugins: tracing.plugins });
  const egress = createEgress(allowHosts);
  const withFarSystems = createFarSystemsOpener({ store, egress });
  return {
    store,
    temporal,
    payloads,
    withFarSystems,
    tell: buildAlertReceiver(options.config, egress),
    judgeOrigin: (text, system) => egress.judgeOrigin(text, system),
    async prepareZendesk(connectionId) {
      const created = await withFarSystems(connectionId, UNOBSERVED, ({ zendesk, connection: { settings } }) =>
        prepareFields(zendesk, { users: settings.sync.contacts }),
      );
      await store.connections.markPrepared(connectionId);
      return created;
    },
    parseJson: parseLosslessJson,
    consent: createZendeskConsent(store, async (connectionId) => {
      const connection = await store.connections.get(connectionId);
      if (connection === undefined) return undefined;
      const http = createHttp({ system: 'zendesk', egress, observer: UNOBSERVED });
      return buildOAuth(connection, await store.credentials.open(connectionId), http);
    }),
    describeFailure,
    async close() {
      await temporal.close();
      await store.close();
      await tracing.close();
    },
  };
}

/** The receiver is an operator's own and no far system of a connection: its address was judged with the configuration. */
function buildAlertReceiver(config: Config, egress: Egress): Services['tell'] {
  const { alertUrl: url, alertSecret, host, port } = config;
  if (url === undefined || alertSecret === undefined) return undefined;
  const publicUrl = config.publicUrl ?? (port === 0 ? undefined : `http://${host}:${port}`);
  return createAlertReceiver({ url, secret: alertSecret.reveal(), publicUrl, exchange: createExchange(egress) });
}

/** Requests outside a run are few, belong to no run's figures, and are made while a person waits: no gate holds them. */
const UNOBSERVED: RequestObserver = {
  before: () => Promise.resolve(undefined),
  after: () => Promise.resolve(),
};

/** Whether a start failed for a reason that another try cannot mend: a setting, or keys that do not fit. */
export function cannotHelp(error: unknown): boolean {
  return error instanceof ConfigError || error instanceof SealError;
}

function describeFailure(error: unknown): { code: string; message: string } {
  if (error instanceof FarSystemError) return { code: error.kind, message: `${error.message} ${error.advice}` };
  if (error instanceof ConnectionProblem) return { code: error.code, message: error.message };
  return { code: 'failed', message: error instanceof Error ? error.message : 'It failed without saying why.' };
}
