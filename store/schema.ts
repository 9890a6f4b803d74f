import type { ColumnType, Generated, GeneratedAlways } from 'kysely';
import type { CredentialName } from '../domain/connection/refusal.ts';
import type { TargetName } from '../domain/entity-spec.ts';
import type { SuspendedField } from '../domain/sync/field-check.ts';
import type { Values } from '../domain/sync/field-value.ts';
import type { Totals } from '../domain/sync/outcome.ts';
import type { ExportReading } from '../domain/support/export-reading.ts';
import type { SupportLoad } from '../domain/support/support-load.ts';
import type { SupportStatus } from '../domain/support/support-status.ts';
import type { HealthSubject } from '../domain/operations/health.ts';
import type { ConnectionSettings, ConnectionState } from '../domain/connection/connection.ts';
import type { ReviewTables } from './review/tables.ts';
import type { JobsTable, RecordsTable, RunsTable, StagedReadsTable, StagedRecordsTable } from './sync/tables.ts';

/** The types of all tables. The migration that created a column says what it is for. */
export interface Database extends ReviewTables {
  connections: ConnectionsTable;
  data_keys: { connection_id: string; id: string; kek_id: string; wrapped: Buffer; digest_key: Buffer | null };
  credentials: CredentialsTable;
  key_canary: { kek_id: string; sealed: Buffer };
  records: RecordsTable;
  unclear_renumberings: UnclearRenumberingsTable;
  users: UsersTable;
  events: EventsTable;
  reused_numbers: { connection_id: string; first_at: Generated<Date>; last_at: Generated<Date> };
  write_proofs: { id: number; proven_at: Date };
  zendesk_tokens: ZendeskTokensTable;
  oauth_consents: { state_digest: Buffer; connection_id: string; verifier_digest: Buffer; expires_at: Date };
  api_tokens: ApiTokensTable;
  audit: AuditTable;
  erp_due: ErpDueTable;
  zendesk_due: { connection_id: string; record: 'ticket' | 'user'; zendesk_id: string; arrived_at: Date };
  support_reading: SupportReadingTable;
  tickets: { connection_id: string; zendesk_id: string };
  account_support: AccountSupportTable;
  organizations: OrganizationsTable;
  organization_cursors: { connection_id: string; start_time: number; fields: Generated<string[]> };
  field_checks: FieldChecksTable;
  tagging_checks: { connection_id: string; target: TargetName; is_off: boolean; shown: boolean | null };
  entity_columns: { connection_id: string; entity_set: string; lacks: string[]; checked_at: Generated<Date> };
  runs: RunsTable;
  run_joins: { run_id: string; connection_id: string; joined_run_id: string };
  run_phases: { run_id: string; legal_entity: string; kind: string } & { [K in keyof Totals]: number };
  run_notes: { run_id: string; code: string; message: string };
  run_requests: { run_id: string; system: string; requests: number; limited: Generated<number> };
  staged_reads: StagedReadsTable;
  staged_records: StagedRecordsTable;
  accepted_reads: { connection_id: string; legal_entity: string; kind: string; rows: number; accepted_at: Date };
  jobs: JobsTable;
  rate_gates: RateGatesTable;
  refusals: RefusalsTable;
  working_credentials: { connection_id: string; credential: CredentialName; worked_at: Generated<Date> };
  health_problems: { connection_id: string; subject: HealthSubject; since: Generated<Date> };
  alerts: AlertsTable;
  started_runs: { run_id: string; connection_id: string; workflow_id: string; started_at: Generated<Date> };
  upgrades: { no: GeneratedAlways<number>; at: Generated<Date>; restarted_at: Date | null };
}

type Json<T> = ColumnType<T, string, string>;

interface ConnectionsTable {
  id: string;
  name: string;
  settings: Json<ConnectionSettings>;
  external_id_template: string;
  revision: Generated<number>;
  state: ConnectionState;
  state_reason: string | null;
  zendesk_hook: string;
  dynamics_hook: string;
  entra_reached_at: Date | null;
  dynamics_reached_at: Date | null;
  zendesk_reached_at: Date | null;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

interface CredentialsTable {
  connection_id: string;
  field: string;
  sealed: Buffer;
  applied_digest: Buffer;
  updated_at: Generated<Date>;
}

interface OrganizationsTable {
  connection_id: string;
  zendesk_id: string;
  external_id: string | null;
  external_id_key: string | null;
  /** Null for a row from before migration 010 that has not been read since. */
  name: string | null;
  name_key: string;
  fields: Json<Values>;
  updated_at: Date | null;
  written: ColumnType<Values | null, string | null, string | null>;
  written_at: Date | null;
  kept: Generated<Json<Values>>;
  own_tags: string[];
  noted_at: Date;
}

interface UnclearRenumberingsTable {
  connection_id: string;
  legal_entity: string;
  kind: string;
  key: string;
  former_key: string;
  since: Generated<Date>;
}

interface UsersTable {
  connection_id: string;
  zendesk_id: string;
  external_id_key: string | null;
  digests: Json<Values>;
  updated_at: Date | null;
  written: ColumnType<Values | null, string | null, string | null>;
  written_at: Date | null;
  kept: Generated<Json<Values>>;
  is_staff: boolean;
  is_active: boolean;
  is_suspended: boolean;
  email_digests: string[];
  organization_ids: string[];
  own_organization_ids: string[];
  refused_organization_ids: string[];
  noted_at: Date;
}

interface FieldChecksTable {
  connection_id: string;
  target: TargetName;
  needed: string;
  present: string[];
  suspended: Json<readonly SuspendedField[]>;
  checked_at: Generated<Date>;
}

interface EventsTable {
  id: string;
  connection_id: string;
  source: 'zendesk' | 'dynamics';
  dedupe_key: string;
  event_id: string | null;
  control_number: string | null;
  type: string;
  body_hash: string;
  received_at: Generated<Date>;
  verdict: 'received' | 'accepted' | 'duplicate' | 'refused' | 'remembered';
  reason: string | null;
  outcome: string | null;
  /** The time of the outcome; null while there is none. */
  ended_at: Generated<Date | null>;
  workflow_id: string | null;
}

interface ApiTokensTable {
  id: string;
  scope: 'read' | 'run' | 'admin';
  digest: Buffer;
  created_at: Generated<Date>;
  last_used_at: Date | null;
  revoked_at: Date | null;
}

interface AuditTable {
  no: GeneratedAlways<number>;
  at: Generated<Date>;
  actor: string;
  action: string;
  subject: string | null;
  detail: string | null;
}

interface ZendeskTokensTable {
  connection_id: string;
  issued_at: Date;
  expires_at: Date | null;
  lease_owner: string | null;
  lease_until: Date | null;
  refused_digest: Buffer | null;
}

interface SupportReadingTable {
  connection_id: string;
  tickets_cursor: string | null;
  users_cursor: string | null;
  tickets_reading: ColumnType<ExportReading | null, string | null, string | null>;
  users_reading: ColumnType<ExportReading | null, string | null, string | null>;
  reading_until: Date | null;
  read_at: Date | null;
}

interface ErpDueTable {
  connection_id: string;
  legal_entity: string;
  kind: string;
  key: string;
  arrived_at: Date;
  taken_run: string | null;
  taken_workflow: string | null;
}

interface AccountSupportTable {
  connection_id: string;
  legal_entity: string;
  kind: string;
  key: string;
  load: Json<SupportLoad>;
  status: SupportStatus;
  computed_at: Date;
  written: string | null;
  written_at: Date | null;
  problem_code: string | null;
  problem_message: string | null;
}

interface RateGatesTable {
  connection_id: string;
  system: string;
  bucket: string;
  closed_at: Date;
  closed_until: Date;
  reason: 'limited' | 'politeness';
  probe: string | null;
  probe_at: Date | null;
}

interface RefusalsTable {
  connection_id: string;
  credential: CredentialName;
  operation: string;
  kind: 'unauthorized' | 'forbidden';
  code: string | null;
  message: string;
  attempts: number;
  is_confirmed: boolean;
  refused_at: Generated<Date>;
  next_at: Generated<Date>;
  works_elsewhere: Generated<boolean>;
}

interface AlertsTable {
  no: GeneratedAlways<number>;
  id: string;
  connection_id: string;
  subject: HealthSubject;
  is_failing: boolean;
  code: string | null;
  message: string;
  run_id: string | null;
  at: Generated<Date>;
  delivered_at: Date | null;
}
