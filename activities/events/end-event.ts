import { legalEntityKey, type RecordKey } from '../../domain/sync/record.ts';
import type { HandleBusinessEventInput } from '../../workflows/contract.ts';
import type { Steps } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';

/** Records the outcome of an event, by default the outcome of its record. */
export async function endEvent(
  { store }: StepContext,
  input: Parameters<Steps['endEvent']>[0],
): ReturnType<Steps['endEvent']> {
  const outcome = input.outcome ?? (await store.records.outcomeOf(input.connectionId, recordOf(input)));
  await store.events.ended(input.eventId, outcome ?? 'not_found');
}

/** Returns the record that an event has named. */
export function recordOf({ legalEntity, kind, accountNumber }: HandleBusinessEventInput): RecordKey {
  return { legalEntity: legalEntityKey(legalEntity), kind, key: accountNumber };
}
