import { inTransaction, type Db } from '../database.ts';
import { readLocked, type DataKeys, type SealedDataKey } from './data-keys.ts';
import { eraseExpiredFormer } from './former-secret.ts';
import { openField, sealField } from './sealed-fields.ts';
import { seal, unseal, type KeyRing } from './sealing.ts';

/**
 * Gives every connection that is not yet under the first key of the ring a new data key, and seals its secrets with it: whoever
 * had the former key and a copy of the database opens nothing that is stored from then on. One connection at a time, each as
 * a whole, so it can be broken off and begun again. Answers how many it did.
 */
export async function rotateKeys(
  db: Db,
  [writer]: KeyRing,
  keys: DataKeys,
): Promise<{ rotated: number; keyId: string }> {
  const rows = await db
    .selectFrom('data_keys')
    .select('connection_id as connectionId')
    .where('kek_id', '<>', writer.id)
    .execute();
  let rotated = 0;
  for (const { connectionId } of rows) {
    const isDone = await inTransaction(db, async (tx) => {
      const row = await readLocked(tx, connectionId);
      if (row === undefined || row.kek_id === writer.id) return false;
      await reseal(tx, row, keys);
      return true;
    });
    if (isDone) rotated += 1;
  }
  await db.deleteFrom('key_canary').where('kek_id', '<>', writer.id).execute();
  return { rotated, keyId: writer.id };
}

async function reseal(tx: Db, row: SealedDataKey, keys: DataKeys): Promise<void> {
  const { connection_id: connectionId } = row;
  await eraseExpiredFormer(tx, connectionId);
  const before = keys.open(row);
  const after = await keys.renew(tx, row);
  const fields = await tx.selectFrom('credentials').selectAll().where('connection_id', '=', connectionId).execute();
  for (const field of fields) {
    const { sealed } = sealField(openField(field, before), { connectionId, field: field.field }, after);
    await tx
      .updateTable('credentials')
      .set({ sealed })
      .where('connection_id', '=', connectionId)
      .where('field', '=', field.field)
      .execute();
  }
}

const CANARY = Buffer.from('ledgerdesk');

/** Refuses a start under a wrong key: throws SealError with a sentence when what is stored does not open. */
export async function checkKeys(db: Db, ring: KeyRing, keys: DataKeys): Promise<void> {
  const canaries = await db.selectFrom('key_canary').selectAll().execute();
  for (const { kek_id: kekId, sealed } of canaries) {
    if (!ring.some(({ id }) => id === kekId) && canaries.some((other) => ring.some(({ id }) => id === other.kek_id)))
      continue;
    unseal(sealed, keys.require(kekId), `canary|${kekId}`);
  }
  // A key that a rotation has not reached yet is still needed, even though the first one has its canary.
  const inUse = await db.selectFrom('data_keys').select('kek_id').distinct().execute();
  for (const { kek_id: kekId } of inUse) keys.require(kekId);
  const writer = ring[0];
  await db
    .insertInto('key_canary')
    .values({ kek_id: writer.id, sealed: seal(CANARY, writer.key, `canary|${writer.id}`) })
    .onConflict((conflict) => conflict.column('kek_id').doNothing())
    .execute();
}
