import type { ColumnType, Generated, GeneratedAlways } from 'kysely';
import type { ContactReservationResult } from '../../domain/contacts/reserve-contact.ts';
import type { TargetName } from '../../domain/entity-spec.ts';
import type { Outcome } from '../../domain/sync/outcome.ts';
import type { ErpRecord } from '../../domain/sync/record.ts';
import type { MatchCandidate, Rejection } from '../../domain/sync/rejection.ts';

/** A record that was ever read, with its reservations, link, claim and last outcome. */
export interface RecordsTable {
  connection_id: string;
  legal_entity: string;
  kind: string;
  target: TargetName;
  key: string;
  present: Generated<boolean>;
  absences: Generated<number>;
  retry_asked: Generated<boolean>;
  party: string | null;
  person_party: string | null;
  is_inactive: Generated<boolean>;
  email_digest: string | null;
  follows_entity: string | null;
  follows_key: string | null;
  external_id: string | null;
  external_id_key: string | null;
  plain_name: string;
  plain_name_key: string;
  plain_name_read_at: Date | null;
  name: string | null;
  name_key: string | null;
  plain_refused: Generated<boolean>;
  candidates: ColumnType<readonly MatchCandidate[] | null, string | null, string | null>;
  zendesk_id: string | null;
  renumbered_from: string | null;
  applied_read_at: Date | null;
  refused_attempt: string | null;
  refused_email: string | null;
  refused_email_reason: string | null;
  state: Outcome | null;
  code: string | null;
  message: string | null;
  action: string | null;
  attempts: Generated<number>;
  first_seen_at: Generated<Date>;
  last_synced_at: Date | null;
  claim_workflow: string | null;
  claim_run: string | null;
  claim_again_at: Date | null;
}

/** A run, from its begin until its retention period is over. */
export interface RunsTable {
  run_id: string;
  connection_id: string;
  workflow_id: string;
  scope: RunKind;
  legal_entity: string | null;
  full_comparison: boolean;
  accept_shrink: boolean;
  status: RunStatus;
  started_at: Generated<Date>;
  finished_at: Date | null;
  waited_ms: Generated<number>;
  error_code: string | null;
  error_message: string | null;
  plan_id: string | null;
  run_trigger: string | null;
}

/** The kind of a run: a sync of whole legal entities, of single records, or one that only makes a plan. */
export type RunKind = 'master' | 'account' | 'preview';

/** The status of a run. `held` means that it wrote nothing, because a person must approve it. */
export type RunStatus = 'running' | 'completed' | 'failed' | 'cancelled' | 'held';

/** The progress of reading one legal entity and kind in a run. */
export interface StagedReadsTable {
  run_id: string;
  legal_entity: string;
  kind: string;
  next_link: string | null;
  pages: Generated<number>;
  complete: Generated<boolean>;
  accepted: Generated<boolean>;
  followed: Generated<string[]>;
  counted: number | null;
  served_twice: Generated<number>;
  is_repeat: Generated<boolean>;
  began_at: Generated<Date>;
}

/** The effect of a planned operation on the organization or user. */
export type Operation = 'create' | 'update' | 'adopt';

/** A record that a run has read and works on. */
export interface StagedRecordsTable {
  run_id: string;
  legal_entity: string;
  kind: string;
  target: TargetName;
  key: string;
  record: ColumnType<ErpRecord, string, string>;
  email_digest: string | null;
  reservation: ColumnType<ContactReservationResult | null, string | null, string | null>;
  plain_name: string;
  plain_name_key: string;
  read_at: Date;
  rank: number | null;
  adopt_id: string | null;
  external_id: string | null;
  name: string | null;
  operation: Operation | null;
  operation_state: 'planned' | 'submitted' | 'refused' | 'incomplete' | 'done' | null;
  zendesk_id: string | null;
  job_no: number | null;
  job_row: number | null;
  round: Generated<number>;
  splits: Generated<number>;
  refusal: string | null;
  prior_outcome: Outcome | null;
  outcome: Outcome | null;
  rejection: ColumnType<Rejection | null, string | null, string | null>;
}

/**
 * The state of a bulk job: being submitted, answer unknown, running, ended, not found in Zendesk, or results recorded.
 */
export type JobState = 'submitting' | 'unsure' | 'open' | 'finished' | 'lost' | 'recorded';

/** The stored result of one row of a finished job. */
export interface JobItem {
  readonly ok: boolean;
  readonly index: number | null;
  readonly id: string | null;
  readonly error: string | null;
  readonly details: string | null;
}

/** A bulk job. It is stored before it is submitted to Zendesk. */
export interface JobsTable {
  no: GeneratedAlways<number>;
  connection_id: string;
  run_id: string;
  legal_entity: string;
  kind: string;
  operation: 'create' | 'update';
  state: JobState;
  zendesk_job_id: string | null;
  misses: Generated<number>;
  submitted_at: Generated<Date>;
  job_status: string | null;
  progress: number | null;
  changed_at: Generated<Date>;
  shown_at: Date | null;
  results: ColumnType<readonly JobItem[] | null, string | null, string | null>;
}
