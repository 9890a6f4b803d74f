import type { Values } from './field-value.ts';

/**
 * Names one record within a connection. `legalEntity` is lower case, `kind` is an entity of the registry (`domain/entities.ts`),
 * and `key` is written as F&O serves it, e.g. the account number of a customer.
 */
export interface RecordKey {
  readonly legalEntity: string;
  readonly kind: string;
  readonly key: string;
}

/**
 * A record as it was read from F&O, whatever its kind. `party` is the address-book party by which records belong together: an
 * account's own, and of a person that of the account it works for; `person` is a person's own party. `email` is as typed.
 * `values` holds the members that the entity's mapping uses.
 */
export interface ErpRecord extends RecordKey {
  /** Empty when the ERP has none. */
  readonly name: string;
  readonly party: string | null;
  readonly person: string | null;
  readonly email: string | null;
  readonly isInactive: boolean;
  readonly values: Values;
}

/** Returns the key of a record without its other members. */
export function keyOf({ legalEntity, kind, key }: RecordKey): RecordKey {
  return { legalEntity, kind, key };
}

/** Returns the form in which F&O compares legal entities: without regard to case. */
export function legalEntityKey(legalEntity: string): string {
  return legalEntity.trim().toLowerCase();
}

/** Writes a key as one text, for maps and log lines: `usmf/customer/US-001`. */
export function recordKeyText({ legalEntity, kind, key }: RecordKey): string {
  return `${legalEntity}/${kind}/${key}`;
}

/** Reads back what `recordKeyText` wrote, as an operator types it. Returns undefined unless it names one of these kinds. */
export function parseRecordKey(text: string, kinds: readonly string[]): RecordKey | undefined {
  const [legalEntity = '', kind = '', ...rest] = text.split('/');
  const key = rest.join('/');
  return key === '' || !kinds.includes(kind) ? undefined : { legalEntity: legalEntityKey(legalEntity), kind, key };
}
