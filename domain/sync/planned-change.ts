import type { FieldValue } from './field-value.ts';
import type { RecordKey } from './record.ts';

/** The operation of a planned change on an organization or user. */
export type PlannedOperationName = 'create' | 'update' | 'adopt' | 'retire';

/** All operations of planned changes in the order in which they are shown. */
export const PLANNED_OPERATIONS: readonly PlannedOperationName[] = ['create', 'update', 'adopt', 'retire'];

/** The change of one field. A list stands for tags or organizations. Personal data is masked. */
export interface PlannedFieldChange {
  readonly field: string;
  readonly before: FieldValue | readonly string[];
  readonly after: FieldValue | readonly string[];
}

/** A planned change of one record. `code` and `message` are a remark on it. */
export interface PlannedChange extends RecordKey {
  readonly operation: PlannedOperationName;
  readonly zendeskId: string | null;
  readonly changes: readonly PlannedFieldChange[];
  readonly code: string | null;
  readonly message: string | null;
}
