import type { FieldValues } from '../custom-field-values.ts';
import type { CustomFields } from '../custom-fields.ts';
import { changeOf } from './webhook-event.ts';

/** Returns the `event` member for each custom field whose value changed. */
export function fieldChanges(fields: CustomFields, before: FieldValues, after: FieldValues): object[] {
  const ids = [...new Set([...Object.keys(before), ...Object.keys(after)])].map(Number);
  return ids.flatMap((id) => {
    const change = changeOf(before[id] ?? null, after[id] ?? null);
    const { title = '', type = '' } = fields.table.get(id) ?? {};
    return change ? [{ field: { id: String(id), title, type }, ...change }] : [];
  });
}
