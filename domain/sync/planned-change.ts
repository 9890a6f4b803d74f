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

/**
 * The exact form of a change, from which its digest is computed. Values of users are digests here, and organizations are
 * the accounts to which they belong, because the organization of a new account has no id yet.
 */
export interface ExactChange extends RecordKey {
  readonly operation: PlannedOperationName;
  readonly zendeskId: string | null;
  readonly exact: readonly PlannedFieldChange[];
}

/** Returns a text that is equal for equal changes. */
export function changeText({ legalEntity, kind, key, operation, zendeskId, exact }: ExactChange): string {
  const fields = [...exact].sort((one, other) => (one.field < other.field ? -1 : 1));
  return JSON.stringify([
    ...[legalEntity, kind, key, operation, zendeskId],
    fields.map(({ field, before, after }) => [field, before, after]),
  ]);
}

/** The member of a user that stands for its organizations in a change. */
export const ORGANIZATIONS_OF_USER = 'organizations';

/** Replaces the ids of organizations in a change of a user's organizations by their accounts, if they are known. */
export function withAccounts(
  changes: readonly PlannedFieldChange[],
  accountOf: ReadonlyMap<string, string>,
): readonly PlannedFieldChange[] {
  const named = (value: PlannedFieldChange['after']): PlannedFieldChange['after'] =>
    Array.isArray(value) ? value.map((id: string) => accountOf.get(id) ?? id).sort() : value;
  return changes.map((change) =>
    change.field === ORGANIZATIONS_OF_USER
      ? { ...change, before: named(change.before), after: named(change.after) }
      : change,
  );
}
