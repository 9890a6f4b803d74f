/** What identifies an event besides its ControlNumber. The id is null if the event has none, or it is not known any more. */
export interface EventIdentity {
  readonly eventId: string | null;
  readonly bodyHash: string;
}

/**
 * Compares an event with the first one of the same ControlNumber. A ControlNumber alone identifies nothing: it is a
 * counter of the database of the F&O environment, and an environment that was restored from a backup issues numbers
 * again. `same`: the same event with the same content. `changed`: the same event with other content. `other`: another
 * event, which only has the same number.
 */
export function compareEvents(first: EventIdentity, other: EventIdentity): 'same' | 'changed' | 'other' {
  if (first.eventId !== other.eventId && first.eventId !== null && other.eventId !== null) return 'other';
  if (first.bodyHash === other.bodyHash) return 'same';
  return first.eventId === other.eventId ? 'changed' : 'other';
}

/** What ping and `connection show` say if F&O issues ControlNumbers again, and what to do. */
export const REUSED_NUMBERS = {
  message:
    'F&O sends events with ControlNumbers that other events have had. Ledgerdesk handles them as new events, so none is lost.',
  action:
    'If the F&O environment was restored from a backup, nothing needs to be done. If it was not, a second environment, such as a copy of production, sends its events to the same address. Deactivate the endpoint of Ledgerdesk in the copy (F&O: System administration > Setup > Business events).',
} as const;
