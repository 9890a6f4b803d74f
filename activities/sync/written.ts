import { sameValue, type Values } from '../../domain/sync/field-value.ts';
import { keyOf } from '../../domain/sync/record.ts';
import type { Changes } from '../../store/sync/changes.ts';
import type { JobRow } from '../../store/sync/job-rows.ts';
import type { RecordOutcome } from '../../store/sync/outcomes.ts';
import type { OpenSlice } from './open-slice.ts';
import type { Target, WriteSeen } from './target.ts';

/**
 * A row that was written: whether it is complete, and the fields that Zendesk shows with another value than was sent.
 */
export interface WrittenRow extends WriteSeen {
  readonly isComplete: boolean;
  readonly ignored: readonly string[];
}

/** The outcomes of operations. */
export const OUTCOME_OF = { create: 'created', adopt: 'adopted', update: 'updated' } as const;

/** Returns the changes to record for a row that was written: its outcome, or that it must be completed. */
export function asWritten(target: Target, { spec }: OpenSlice, at: { row: JobRow; written: WrittenRow }): Changes {
  const { row, written } = at;
  const known = target.afterWrite(row, { ...written, spec });
  if (written.isComplete) return { ...known, outcomes: [writtenOutcome(target, spec, at)] };
  return { ...known, transitions: [{ ...keyOf(row.record), state: 'incomplete', zendeskId: written.id }] };
}

/** Returns the outcome of a complete row. An update of which Zendesk kept no value counts as unchanged. */
function writtenOutcome(
  target: Target,
  spec: OpenSlice['spec'],
  { row, written }: { row: JobRow; written: Pick<WrittenRow, 'id' | 'ignored'> },
): RecordOutcome {
  const { id, ignored } = written;
  const isInVain = ignored.length > 0 && Object.keys(target.sent(row, spec)).every((field) => ignored.includes(field));
  const outcome = row.operation === 'update' && isInVain ? 'unchanged' : OUTCOME_OF[row.operation];
  return { ...keyOf(row.record), outcome, zendeskId: id, remark: target.remark(row, ignored) };
}

/** Returns the fields that Zendesk shows with another value than was sent. */
export function ignoredFields(sent: Values, shown: Values): readonly string[] {
  return Object.entries(sent)
    .filter(([field, value]) => !sameValue(value, shown[field] ?? null))
    .map(([field]) => field);
}
