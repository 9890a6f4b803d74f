import type { TargetName } from '../entity-spec.ts';
import type { FieldMapping } from './mapping.ts';
import type { Remark } from './rejection.ts';

/** A custom field as Zendesk has it. */
export interface ExistingField {
  readonly key: string;
  readonly type: string;
  readonly isActive: boolean;
}

/** The reasons for suspending a field. The runbook has an entry for each. */
export type FieldProblemCode = 'field_missing' | 'field_type_differs' | 'field_inactive';

/** A field that is not written, because Zendesk does not accept it as it is. Each run notes it. */
export interface SuspendedField {
  readonly key: string;
  readonly code: FieldProblemCode;
  /** The type that the field has in Zendesk, if that is the problem. */
  readonly type: string | null;
}

/** The result of comparing the needed fields with those in Zendesk. */
export interface FieldCheck {
  readonly missing: readonly FieldMapping[];
  readonly suspended: readonly SuspendedField[];
}

/** Compares the needed fields with those in Zendesk by key, type and whether they are active. */
export function checkFields(needed: readonly FieldMapping[], existing: readonly ExistingField[]): FieldCheck {
  const byKey = new Map(existing.map((field) => [field.key, field]));
  return {
    missing: needed.filter(({ key }) => !byKey.has(key)),
    suspended: needed.flatMap(({ key, type }): SuspendedField[] => {
      const found = byKey.get(key);
      if (found === undefined) return [];
      if (found.type !== type) return [{ key, code: 'field_type_differs', type: found.type }];
      return found.isActive ? [] : [{ key, code: 'field_inactive', type: null }];
    }),
  };
}

/** Returns a text that changes when the needed fields change. Only then are the fields in Zendesk checked. */
export function fieldFingerprint(needed: readonly FieldMapping[]): string {
  return needed
    .map(({ key, type }) => `${key}:${type}`)
    .sort()
    .join(' ');
}

/**
 * Returns the problem of a suspended field and what to do. `target` is what the field belongs to, `wanted` its mapped
 * type.
 */
export function fieldProblem(target: TargetName, { key, code, type }: SuspendedField, wanted: string): FieldProblem {
  const field = `the ${target} field "${key}"`;
  const problems: Readonly<Record<FieldProblemCode, Omit<FieldProblem, 'code'>>> = {
    field_missing: {
      message: `Zendesk does not have ${field} and refused to create it, so it is not written.`,
      action: `Create ${field} with the type ${wanted} in Zendesk. The next run fills it.`,
    },
    field_type_differs: {
      message: `In Zendesk ${field} has the type ${type ?? 'unknown'} instead of ${wanted}, so it is not written.`,
      action: `Delete ${field} in Zendesk, or create it with the type ${wanted}. The next run fills it.`,
    },
    field_inactive: {
      message: `In Zendesk ${field} is inactive, so it is not written.`,
      action: `Activate ${field} in Zendesk. The next run fills it.`,
    },
  };
  return { code, ...problems[code] };
}

/** Returns the note that a deleted field was created again. */
export function fieldRecreated(target: TargetName, key: string): { readonly code: string; readonly message: string } {
  const message = `The ${target} field "${key}" had been deleted in Zendesk. Ledgerdesk has created it again and writes its values again.`;
  return { code: 'field_recreated', message };
}

/** A problem of a field, with what to do about it. */
export type FieldProblem = Remark<FieldProblemCode>;
