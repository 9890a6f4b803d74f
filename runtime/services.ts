import { createAlertReceiver, type SendAlert } from '../clients/alert-receiver.ts';
import { createEgress, type Egress } from '../clients/egress.ts';
import { RemoteError } from '../clients/errors.ts';
import { createExchange } from '../clients/exchange.ts';
import { createHttp, type RequestObserver } from '../clients/http.ts';
import { parseLosslessJson } from '../clients/lossless-json.ts';
import { ConnectionStateError } from '../store/connection/connections.ts';
import { SealError } from '../store/connection/sealing.ts';
import { openStore, type DatabaseWaits, type JobWaits, type RefusalWaits, type Store } from '../store/store.ts';
import { ConfigError, requireSettings, type Config, type Env } from './config/config.ts';
import { createOAuth, createRemoteSystemsOpener, type WithRemoteSystems } from './remote-systems.ts';
import { createCredentialTrial } from './try-credential.ts';
import { createZendeskConsent, type ZendeskConsent } from './zendesk-consent.ts';
import { createPayloadEncryption, type PayloadEncryption } from './temporal/payload-encryption.ts';
import { connectTemporal, type TemporalConnection } from './temporal/temporal-connection.ts';
import { openTracing } from './log/tracing.ts';

/** The services that an api or worker process needs, created once from its configuration. */
export interface Services {
  readonly store: Store;
  readonly temporal: TemporalConnection;
  /** The encryption of payloads in Temporal; the client of `temporal` uses it. */
  readonly payloads: PayloadEncryption;
  readonly withRemoteSystems: WithRemoteSystems;
  /** Tries a stored credential with one request or two. It never rejects. */
  readonly tryCredential: ReturnType<typeof createCredentialTrial>;
  /** Sends an alert to the operator's receiver; undefined if LEDGERDESK_ALERT_URL is not set. */
  readonly sendAlert: SendAlert | undefined;
  /** Checks an address in a connection file. */
  readonly checkOrigin: Egress['checkOrigin'];
  /** Parses JSON. Returns numbers that do not fit into a double as text. Throws a SyntaxError. */
  parseJson(text: string): unknown;
  /** The OAuth consents with which people authorize connections in Zendesk. */
  readonly consent: ZendeskConsent;
  /** Returns the code and the message of a failure, without any secret. */
  describeFailure(error: unknown): { readonly code: string; readonly message: string };
  /** Closes all services. */
  close(): Promise<void>;
}

/**
 * Creates the services of a process. Throws a ConfigError when a setting is missing, a SealError when stored
 * credentials cannot be opened, and the error of the PostgreSQL client when the database cannot be reached. Temporal
 * connects lazily. `refusalWaits` and `jobWaits` are shorter in tests. `databaseWaits` are those of a process whose callers wait.
 */
export async function openServices(options: {
  config: Config;
  env: Env;
  refusalWaits?: RefusalWaits | undefined;
  databaseWaits?: DatabaseWaits | undefined;
  jobWaits?: JobWaits | undefined;
}): Promise<Services> {
  const { databaseUrl, encryptionKeys } = requireSettings(options.config, ['databaseUrl', 'encryptionKeys']);
  const { refusalWaits, jobWaits, databaseWaits: waits } = options;
  const store = await openStore({ url: databaseUrl.reveal(), keys: encryptionKeys, refusalWaits, jobWaits, waits });
  const payloads = createPayloadEncryption(encryptionKeys, { isOn: !options.config.encryptionKeysGenerated });
  // The client only reads failures, and Temporal's own failure converter can read encrypted ones.
  const dataConverter = { payloadCodecs: [payloads.codec] };
  const egress = egressOf(options.config);
  const tracing = await openTracing(options.config, egress);
  const temporal = connectTemporal({ env: options.env, client: { dataConverter }, plugins: tracing.plugins });
  const { credentialDir } = options.config;
  const withRemoteSystems = createRemoteSystemsOpener({ store, egress, credentialDir });
  return {
    store,
    temporal,
    payloads,
    withRemoteSystems,
    tryCredential: createCredentialTrial(withRemoteSystems, UNOBSERVED),
    sendAlert: createSendAlert(options.config, egress),
    checkOrigin: (text, system) => egress.checkOrigin(text, system),
    parseJson: parseLosslessJson,
    consent: createZendeskConsent(store, async (connectionId) => {
      const connection = await store.connections.get(connectionId);
      if (connection === undefined) return undefined;
      const http = createHttp({ system: 'zendesk', egress, observer: UNOBSERVED });
      return createOAuth(connection, await store.credentials.open(connectionId), http);
    }),
    describeFailure,
    async close() {
      await temporal.close();
      await store.close();
      await tracing.close();
    },
  };
}

function egressOf({ allowHosts, httpsProxy, noProxy }: Config): Egress {
  return createEgress(allowHosts, httpsProxy && { url: httpsProxy.reveal(), noProxy });
}

/** Creates the sender of alerts. The receiver belongs to the operator, so the configuration has checked its address. */
function createSendAlert(config: Config, egress: Egress): Services['sendAlert'] {
  const { alertUrl: url, alertSecret, host, port } = config;
  if (url === undefined || alertSecret === undefined) return undefined;
  const publicUrl = config.publicUrl ?? (port === 0 ? undefined : `http://${host}:${port}`);
  return createAlertReceiver({ url, secret: alertSecret.reveal(), publicUrl, exchange: createExchange(egress) });
}

/** Observes nothing: requests outside a run are few, and a person waits for them, so they ignore rate gates. */
const UNOBSERVED: RequestObserver = {
  before: () => Promise.resolve(undefined),
  after: () => Promise.resolve(),
};

/**
 * Returns whether a start failed for a reason that another attempt cannot fix: a wrong setting or wrong encryption
 * keys.
 */
export function isUnrecoverable(error: unknown): boolean {
  return error instanceof ConfigError || error instanceof SealError;
}

function describeFailure(error: unknown): { code: string; message: string } {
  if (error instanceof RemoteError) return { code: error.kind, message: `${error.message} ${error.advice}` };
  if (error instanceof ConnectionStateError) return { code: error.code, message: error.message };
  return {
    code: 'failed',
    message: error instanceof Error ? error.message : 'The operation failed with an unknown error.',
  };
}
