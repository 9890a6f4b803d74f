import { inTransaction, type Db } from '../database.ts';
import { readLocked, type DataKeys, type SealedDataKey } from './data-keys.ts';
import { deleteExpiredFormerSecret } from './former-secret.ts';
import { openField, sealField } from './sealed-fields.ts';
import { seal, unseal, type KeyRing } from './sealing.ts';

/**
 * Gives every connection that does not use the first key of the ring a new data key, and seals its secrets with it. A
 * former encryption key then opens nothing that is stored from now on. Each connection is a transaction of its own, so
 * a rotation can be interrupted and run again. Returns how many connections it changed.
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
  await deleteExpiredFormerSecret(tx, connectionId);
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

/**
 * Throws a SealError, with a message for the operator, when stored credentials cannot be opened with the configured
 * keys.
 */
export async function checkKeys(db: Db, ring: KeyRing, keys: DataKeys): Promise<void> {
  const canaries = await db.selectFrom('key_canary').selectAll().execute();
  for (const { kek_id: kekId, sealed } of canaries) {
    if (!ring.some(({ id }) => id === kekId) && canaries.some((other) => ring.some(({ id }) => id === other.kek_id)))
      continue;
    unseal(sealed, keys.require(kekId), `canary|${kekId}`);
  }
  // An interrupted rotation leaves connections under an older key, although the first key has its canary already.
  const inUse = await db.selectFrom('data_keys').select('kek_id').distinct().execute();
  for (const { kek_id: kekId } of inUse) keys.require(kekId);
  const writer = ring[0];
  await db
    .insertInto('key_canary')
    .values({ kek_id: writer.id, sealed: seal(CANARY, writer.key, `canary|${writer.id}`) })
    .onConflict((conflict) => conflict.column('kek_id').doNothing())
    .execute();
}
