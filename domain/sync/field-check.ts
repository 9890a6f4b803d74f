import type { TargetName } from '../entity-spec.ts';
import type { FieldMapping } from './mapping.ts';
import type { Remark } from './rejection.ts';

/** A custom field as Zendesk has it. */
export interface ExistingField {
  readonly key: string;
  readonly type: string;
  readonly isActive: boolean;
}

/** The reasons for which a field is not written at present. The runbook has an entry for each. */
export type FieldProblemCode = 'field_missing' | 'field_type_differs' | 'field_inactive';

/** A field that Zendesk does not take as it is: it is left out of what is written, and a run notes it. */
export interface SuspendedField {
  readonly key: string;
  readonly code: FieldProblemCode;
  /** The type that the field has in Zendesk, where that is the problem. */
  readonly type: string | null;
}

/** The result of comparing the fields that are needed with those that Zendesk has. */
export interface FieldCheck {
  readonly missing: readonly FieldMapping[];
  readonly suspended: readonly SuspendedField[];
}

/** Compares the fields that are needed with those that Zendesk has, by key, type and whether they are active. */
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

/** Returns a text that changes whenever the needed fields do, so that Zendesk is asked about its fields only then. */
export function fieldFingerprint(needed: readonly FieldMapping[]): string {
  return needed
    .map(({ key, type }) => `${key}:${type}`)
    .sort()
    .join(' ');
}

/** Says what is wrong with a suspended field, and what to do. `target` is what the field belongs to, `wanted` its type in the mapping. */
export function fieldProblem(target: TargetName, { key, code, type }: SuspendedField, wanted: string): FieldProblem {
  const field = `the ${target} field "${key}"`;
  const problems: Readonly<Record<FieldProblemCode, Omit<FieldProblem, 'code'>>> = {
    field_missing: {
      message: `Zendesk no longer has ${field} and does not let Ledgerdesk create it again, so it is not written.`,
      action: `Create ${field} of the type ${wanted} in Zendesk. The next run fills it.`,
    },
    field_type_differs: {
      message: `In Zendesk ${field} has the type ${type ?? 'unknown'} instead of ${wanted}, so it is not written.`,
      action: `Delete ${field} in Zendesk, or create one of the type ${wanted} with that key. The next run fills it.`,
    },
    field_inactive: {
      message: `In Zendesk ${field} is inactive, so it is not written.`,
      action: `Activate ${field} in Zendesk. The next run fills it.`,
    },
  };
  return { code, ...problems[code] };
}

/** Says that a field which had been deleted was created again. */
export function fieldRecreated(target: TargetName, key: string): { readonly code: string; readonly message: string } {
  const message = `Somebody had deleted the ${target} field "${key}" in Zendesk. It was created again, and its values are written again.`;
  return { code: 'field_recreated', message };
}

/** A problem of a field, with what to do about it. */
export type FieldProblem = Remark<FieldProblemCode>;
