import type { ColumnType, Generated } from 'kysely';
import type { ConnectionSettings } from '../../domain/connection/connection.ts';
import type { PlanApproval, PlanStatus, PlanSummary } from '../../domain/review/plan.ts';
import type { PlannedFieldChange, PlannedOperationName } from '../../domain/sync/planned-change.ts';

type Json<T> = ColumnType<T, string, string>;

/** What a person has allowed one run to do. */
export type RunGrant = 'limits' | 'shrink';

/** The tables of what people have approved. */
export interface ReviewTables {
  gos: {
    connection_id: string;
    legal_entity: Generated<string>;
    kind: Generated<string>;
    go_at: Generated<Date>;
    given_by: string;
  };
  completed_slices: { connection_id: string; legal_entity: string; kind: string; completed_at: Generated<Date> };
  run_grants: {
    run_id: string;
    connection_id: string;
    grant_name: RunGrant;
    given_by: string;
    at: Generated<Date>;
  };
  settings_revisions: {
    connection_id: string;
    no: number;
    settings: Json<ConnectionSettings>;
    external_id_template: string;
    state: 'pending' | 'former' | 'withdrawn';
    created_at: Generated<Date>;
    created_by: string;
  };
  plans: PlansTable;
  plan_changes: PlanChangesTable;
}

/** A plan. `summary` is everything that was computed about it. */
export interface PlansTable {
  plan_id: string;
  connection_id: string;
  run_id: string;
  revision: number;
  why: string[];
  status: PlanStatus | 'making';
  legal_entity: string | null;
  full_comparison: boolean;
  hash: string;
  summary: Json<PlanSummary>;
  created_at: Generated<Date>;
  expires_at: Date;
  decided_at: Date | null;
  decided_by: string | null;
  approval: ColumnType<PlanApproval | null, string | null, string | null>;
  apply_run_id: string | null;
}

/** One change of a plan. */
export interface PlanChangesTable {
  plan_id: string;
  legal_entity: string;
  kind: string;
  key: string;
  operation: PlannedOperationName;
  zendesk_id: string | null;
  changes: Json<readonly PlannedFieldChange[]>;
  code: string | null;
  message: string | null;
  line: string;
}
