import type { CredentialField } from '../../domain/connection/connection.ts';
import type { DataKey } from './data-keys.ts';
import { seal, unseal } from './sealing.ts';

/** A sealed secret, a part of a row of `credentials`. */
export interface SealedField {
  readonly connection_id: string;
  readonly field: string;
  readonly sealed: Buffer;
}

/** Seals a secret for one field of one connection. It cannot be opened for another field or connection. */
export function sealField(
  secret: string,
  { connectionId, field }: { connectionId: string; field: string },
  dataKey: DataKey,
): SealedField {
  const sealed = seal(Buffer.from(secret), dataKey.key, contextOf(connectionId, field, dataKey));
  return { connection_id: connectionId, field, sealed };
}

/** Opens a secret that `sealField` has sealed. Throws a SealError when the data key does not fit. */
export function openField({ connection_id: connectionId, field, sealed }: SealedField, dataKey: DataKey): string {
  return unseal(sealed, dataKey.key, contextOf(connectionId, field, dataKey)).toString();
}

/** Opens all secrets of a connection. Throws a SealError when the data key does not fit. */
export function openFields(rows: readonly SealedField[], dataKey: DataKey): Partial<Record<CredentialField, string>> {
  return Object.fromEntries(rows.map((row) => [row.field, openField(row, dataKey)]));
}

function contextOf(connectionId: string, field: string, { id }: DataKey): string {
  return `credentials|${connectionId}|${field}|${id}`;
}
