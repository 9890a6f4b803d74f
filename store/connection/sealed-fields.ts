import type { CredentialField } from '../../domain/connection/connection.ts';
import type { DataKey } from './data-keys.ts';
import { seal, unseal } from './sealing.ts';

/** A secret as the table `credentials` keeps it, besides when it came. */
export interface SealedField {
  readonly connection_id: string;
  readonly field: string;
  readonly sealed: Buffer;
}

/** Seals one secret for its field of one connection; it opens in no other place. */
export function sealField(
  secret: string,
  { connectionId, field }: { connectionId: string; field: string },
  dataKey: DataKey,
): SealedField {
  const sealed = seal(Buffer.from(secret), dataKey.key, placeOf(connectionId, field, dataKey));
  return { connection_id: connectionId, field, sealed };
}

/** Opens what `sealField` made with the same data key. Throws SealError otherwise. */
export function openField({ connection_id: connectionId, field, sealed }: SealedField, dataKey: DataKey): string {
  return unseal(sealed, dataKey.key, placeOf(connectionId, field, dataKey)).toString();
}

/** Opens all secrets of a connection. */
export function openFields(rows: readonly SealedField[], dataKey: DataKey): Partial<Record<CredentialField, string>> {
  return Object.fromEntries(rows.map((row) => [row.field, openField(row, dataKey)]));
}

function placeOf(connectionId: string, field: string, { id }: DataKey): string {
  return `credentials|${connectionId}|${field}|${id}`;
}
