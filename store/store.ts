import { createAnnotationWakeStore, type AnnotationWakeStore } from './support/annotation-wakes.ts';
import { createAuditStore, type AuditStore } from './operations/audit.ts';
import { createConnectionStore, type ConnectionStore } from './connection/connections.ts';
import { createCredentialStore, type CredentialStore } from './connection/credentials.ts';
import type { RefusalWaits } from '../domain/connection/refusal.ts';
import type { JobWaits } from '../domain/sync/job-watch.ts';
import { openDatabase, type DatabaseWaits, type Db } from './database.ts';
import { createDueRecordStore, type DueRecordStore } from './events/due-records.ts';
import { createEventStore, type EventStore } from './events/events.ts';
import { createReusedNumberStore, type ReusedNumberStore } from './events/reused-numbers.ts';
import { createGateStore, type GateStore } from './connection/rate-gates.ts';
import { createRefusalStore, type RefusalStore } from './connection/refusals.ts';
import { createJobStore, type JobStore } from './sync/jobs.ts';
import { createMetricStore, type MetricStore } from './operations/metrics.ts';
import { migrate } from './migrate.ts';
import { createOrganizationStore, type OrganizationStore } from './accounts/organizations.ts';
import { createPlannedLineStore, type PlannedLineStore } from './sync/planned-lines.ts';
import { createPlanningStore, type PlanningStore } from './sync/planning.ts';
import { createPresenceStore, type PresenceStore } from './sync/presence.ts';
import { createRecordStore, type RecordStore } from './sync/records.ts';
import { createContactReservationStore, type ContactReservationStore } from './contacts/contact-reservations.ts';
import { createPlanStore, type PlanStore } from './review/plans.ts';
import {
  createPlannedLinkStore,
  withPlanningCopies,
  type PlannedLinkStore,
  type RunOfCopies,
} from './review/planning-copies.ts';
import { createRetentionStore, type RetentionStore } from './operations/retention.ts';
import { createReservationStore, type ReservationStore } from './accounts/account-reservations.ts';
import { createRenumberingStore, type RenumberingStore } from './accounts/renumberings.ts';
import { createRunReportStore, type RunReportStore } from './sync/run-reports.ts';
import { createRunStore, type RunStore } from './sync/runs.ts';
import type { KeyRing } from './connection/sealing.ts';
import { createStartedRunStore, type StartedRunStore } from './sync/started-runs.ts';
import { createStagingStore, type StagingStore } from './sync/staging.ts';
import { createSupportReadingStore, type SupportReadingStore } from './support/support-reading.ts';
import { createSupportStore, type SupportStore } from './support/support.ts';
import { createTicketStore, type TicketStore } from './support/tickets.ts';
import { createTokenStore, type TokenStore } from './operations/tokens.ts';
import { createHealthStore, type HealthStore } from './operations/health.ts';
import { createUserStore, type UserStore } from './contacts/users.ts';
import { createZendeskTokenStore, type ZendeskTokenStore } from './connection/zendesk-tokens.ts';
import { createChangeStore, type ChangeStore } from './sync/changes.ts';
import { createFieldCheckStore, type FieldCheckStore } from './connection/field-checks.ts';
import { createEntityColumnStore, type EntityColumnStore } from './connection/entity-columns.ts';
import { createTaggingCheckStore, type TaggingCheckStore } from './connection/tagging-checks.ts';
import { storeTargetOf } from './targets.ts';
import { createUpgradeStore, type UpgradeStore } from './operations/upgrades.ts';
import { proveWrite } from './operations/write-proof.ts';

export type { DatabaseWaits, JobWaits, RefusalWaits };

/** Everything that must survive a restart, in PostgreSQL. */
export interface Store {
  readonly connections: ConnectionStore;
  readonly credentials: CredentialStore;
  readonly gates: GateStore;
  readonly refusals: RefusalStore;
  readonly runs: RunStore;
  readonly startedRuns: StartedRunStore;
  readonly reports: RunReportStore;
  readonly staging: StagingStore;
  readonly organizations: OrganizationStore;
  readonly reservations: ReservationStore;
  readonly renumberings: RenumberingStore;
  readonly contactReservations: ContactReservationStore;
  readonly users: UserStore;
  readonly events: EventStore;
  readonly reusedNumbers: ReusedNumberStore;
  readonly dueRecords: DueRecordStore;
  readonly zendeskTokens: ZendeskTokenStore;
  readonly tokens: TokenStore;
  readonly audit: AuditStore;
  readonly tickets: TicketStore;
  readonly supportReading: SupportReadingStore;
  readonly support: SupportStore;
  readonly annotationWakes: AnnotationWakeStore;
  readonly planning: PlanningStore;
  readonly presence: PresenceStore;
  readonly jobs: JobStore;
  readonly changes: ChangeStore;
  readonly fieldChecks: FieldCheckStore;
  readonly entityColumns: EntityColumnStore;
  readonly taggingChecks: TaggingCheckStore;
  readonly records: RecordStore;
  readonly metrics: MetricStore;
  readonly health: HealthStore;
  readonly upgrades: UpgradeStore;
  readonly retention: RetentionStore;
  readonly plans: PlanStore;
  readonly plannedLinks: PlannedLinkStore;
  readonly plannedLines: PlannedLineStore;
  /**
   * Calls `work` with a store in which planning changes only copies of the connection's records. PostgreSQL refuses every
   * other write. The copies vanish afterwards, also if the process is killed.
   */
  withPlanningCopies<Result>(run: RunOfCopies, work: (copies: Store) => Promise<Result>): Promise<Result>;
  /** Runs a query. Throws when the database does not answer. */
  ping(): Promise<void>;
  /** Writes a row of its own. Throws when the database does not answer or cannot be written. */
  proveWrite(): Promise<void>;
  /** Closes all connections to the database. */
  close(): Promise<void>;
}

/** Options of a store. */
export interface StoreOptions {
  readonly url: string;
  readonly keys: KeyRing;
  readonly maxConnections?: number;
  readonly refusalWaits?: RefusalWaits | undefined;
  readonly waits?: DatabaseWaits | undefined;
  readonly jobWaits?: JobWaits | undefined;
}

/**
 * Opens the store and migrates its schema. `url` is a PostgreSQL connection string. `refusalWaits` and `jobWaits` are
 * shorter in tests. `waits` are how long this process waits for the database.
 * Throws a SealError when the stored credentials cannot be opened with these keys.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { url, maxConnections, waits } = options;
  await migrateStore(url);
  const db = openDatabase(url, { ...(maxConnections !== undefined && { maxConnections }), ...(waits && { waits }) });
  const credentials = createCredentialStore(db, options.keys);
  try {
    await credentials.checkKeys();
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return storeOn(db, { credentials, options });
}

interface StoreParts {
  readonly credentials: CredentialStore;
  readonly options: StoreOptions;
}

/** Creates all parts of the store on one database. */
function storeOn(db: Db, parts: StoreParts): Store {
  const { credentials, options } = parts;
  return {
    connections: createConnectionStore(db),
    credentials,
    gates: createGateStore(db),
    refusals: createRefusalStore(db, options.refusalWaits),
    runs: createRunStore(db),
    startedRuns: createStartedRunStore(db),
    reports: createRunReportStore(db),
    staging: createStagingStore(db),
    organizations: createOrganizationStore(db),
    reservations: createReservationStore(db),
    renumberings: createRenumberingStore(db),
    contactReservations: createContactReservationStore(db),
    users: createUserStore(db),
    events: createEventStore(db),
    reusedNumbers: createReusedNumberStore(db),
    dueRecords: createDueRecordStore(db),
    zendeskTokens: createZendeskTokenStore(db, (tx) => createCredentialStore(tx, options.keys)),
    tokens: createTokenStore(db),
    audit: createAuditStore(db),
    tickets: createTicketStore(db),
    supportReading: createSupportReadingStore(db),
    support: createSupportStore(db),
    annotationWakes: createAnnotationWakeStore(db),
    planning: createPlanningStore(db),
    presence: createPresenceStore(db),
    jobs: createJobStore(db, options.jobWaits),
    changes: createChangeStore(db),
    fieldChecks: createFieldCheckStore(db, (target) => storeTargetOf(target).fields),
    entityColumns: createEntityColumnStore(db),
    taggingChecks: createTaggingCheckStore(db),
    records: createRecordStore(db),
    metrics: createMetricStore(db),
    health: createHealthStore(db),
    upgrades: createUpgradeStore(db),
    retention: createRetentionStore(db),
    plans: createPlanStore(db),
    plannedLinks: createPlannedLinkStore(db),
    plannedLines: createPlannedLineStore(db),
    withPlanningCopies: (run, work) => withPlanningCopies(options.url, run, (session) => work(storeOn(session, parts))),
    async ping() {
      await db.selectFrom('key_canary').select('kek_id').limit(1).execute();
    },
    proveWrite: () => proveWrite(db),
    close: () => db.destroy(),
  };
}

/** Migrates with a session of its own, which waits for other processes that migrate as long as they need. */
async function migrateStore(url: string): Promise<void> {
  const db = openDatabase(url, { maxConnections: 1 });
  try {
    await migrate(db);
  } finally {
    await db.destroy();
  }
}
