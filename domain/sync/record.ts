/** What is synchronised: customers and vendors become organizations, contacts become users. */
export type RecordKind = 'customer' | 'vendor' | 'contact';

/**
 * Names one record within a connection. `legalEntity` is lower case; `key` is written as F&O serves it: the number of a
 * customer or vendor, the ContactPersonId of a contact.
 */
export interface RecordKey {
  readonly legalEntity: string;
  readonly kind: RecordKind;
  readonly key: string;
}

const KINDS: readonly RecordKind[] = ['customer', 'vendor', 'contact'];

/** Compares legal entities the way F&O does: without regard to case. */
export function legalEntityKey(legalEntity: string): string {
  return legalEntity.trim().toLowerCase();
}

/** Writes a key as one text, for maps and log lines: `usmf/customer/US-001`. */
export function recordKeyText({ legalEntity, kind, key }: RecordKey): string {
  return `${legalEntity}/${kind}/${key}`;
}

/** Reads back what `recordKeyText` wrote, as an operator types it; undefined when it names no record. */
export function parseRecordKey(text: string): RecordKey | undefined {
  const [legalEntity = '', kindText, ...rest] = text.split('/');
  const kind = KINDS.find((known) => known === kindText);
  const key = rest.join('/');
  return kind === undefined || key === '' ? undefined : { legalEntity: legalEntityKey(legalEntity), kind, key };
}
