import type { Values } from './field-value.ts';
import type { Rejection } from './rejection.ts';

/**
 * The key of a record within a connection. `legalEntity` is lower case. `kind` is an entity of the registry
 * (`entities.ts`). `key` is as F&O serves it, e.g. the account number of a customer.
 */
export interface RecordKey {
  readonly legalEntity: string;
  readonly kind: string;
  readonly key: string;
}

/**
 * A record of any kind as it was read from F&O. `party` is the address-book party that connects accounts and contacts:
 * an account's own party, and for a contact that of its account. `person` is a contact's own party. `email` is as
 * typed. `values` holds the members that the mapping of the entity uses.
 */
export interface ErpRecord extends RecordKey {
  /** Empty when the ERP has none. */
  readonly name: string;
  readonly party: string | null;
  readonly person: string | null;
  readonly email: string | null;
  readonly isInactive: boolean;
  readonly values: Values;
  /** Members whose text contained characters that cannot be stored and were replaced. Absent if there are none. */
  readonly repaired?: readonly string[];
  /** Set when nothing but the key could be read. The record is rejected, and everything known of it stays as it is. */
  readonly defect?: Rejection;
  /** The mapped members that could not be read, because F&O has no such column. Their values are unknown, not empty. */
  readonly lacks?: readonly string[];
  /** The other members that could not be read, or not completely, for the same reason. */
  readonly unread?: readonly UnreadMember[];
}

/** A member of a record that an F&O environment may lack. */
export type UnreadMember = 'name' | 'party' | 'person' | 'email' | 'isInactive';

/** The members of a record as an earlier reading stored them. */
export type StoredMembers = Pick<ErpRecord, 'name' | 'party' | 'person' | 'isInactive'>;

/** Replaces the members that could not be read by those of an earlier reading, if there was one. */
export function withStoredMembers(record: ErpRecord, stored: StoredMembers | undefined): ErpRecord {
  if (stored === undefined || record.unread === undefined) return record;
  const kept = Object.entries(stored).filter(([member]) => record.unread?.some((unread) => unread === member));
  return { ...record, ...Object.fromEntries(kept) };
}

/** Returns only the key of a record. */
export function keyOf({ legalEntity, kind, key }: RecordKey): RecordKey {
  return { legalEntity, kind, key };
}

/** Returns the compared form of a legal entity. F&O ignores case. */
export function legalEntityKey(legalEntity: string): string {
  return legalEntity.trim().toLowerCase();
}

/** Returns a record of which only the key could be read, with the reason. */
export function unreadableRecord(key: RecordKey, defect: Rejection): ErpRecord {
  return { ...keyOf(key), name: '', party: null, person: null, email: null, isInactive: false, values: {}, defect };
}

/** Returns a key as one text, for maps and log lines: `usmf/customer/US-001`. */
export function recordKeyText({ legalEntity, kind, key }: RecordKey): string {
  return `${legalEntity}/${kind}/${key}`;
}

/** Parses the text of a key as an operator types it. Returns undefined unless it contains one of these kinds. */
export function parseRecordKey(text: string, kinds: readonly string[]): RecordKey | undefined {
  const [legalEntity = '', kind = '', ...rest] = text.split('/');
  const key = rest.join('/');
  return key === '' || !kinds.includes(kind) ? undefined : { legalEntity: legalEntityKey(legalEntity), kind, key };
}
