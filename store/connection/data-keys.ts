import { randomBytes, randomUUID } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { Db } from '../database.ts';
import type { Database } from '../schema.ts';
import { seal, SealError, unseal, type KeyRing } from './sealing.ts';

/** A data key, opened. `digestKey` is what secrets that were applied are recognised with; both have 32 bytes. */
export interface DataKey {
  readonly id: string;
  readonly key: Buffer;
  readonly digestKey: Buffer;
}

/** A data key as it is kept: sealed by the operator's key that `kek_id` names. */
export type SealedDataKey = Selectable<Database['data_keys']>;

/** The data keys of connections, each sealed by one of the operator's keys. */
export interface DataKeys {
  /** Opens a data key. Throws SealError when the operator's key is missing or does not fit. */
  open(row: SealedDataKey): DataKey;
  /** Throws SealError with a sentence when this key of the operator's is not at hand. */
  require(kekId: string): Buffer;
  /**
   * The data key of a connection, made if there is none, and locked until the transaction ends: so no rotation comes
   * between reading the key and writing what was sealed with it.
   */
  lock(tx: Db, connectionId: string): Promise<DataKey>;
  /** Puts a new data key, sealed by the first key of the ring, in place of one that the transaction has locked. */
  renew(tx: Db, row: SealedDataKey): Promise<DataKey>;
}

/** Builds the data keys over the operator's keys. */
export function createDataKeys(ring: KeyRing): DataKeys {
  const [writer] = ring;
  const require = (kekId: string): Buffer => {
    const found = ring.find(({ id }) => id === kekId);
    if (found) return found.key;
    throw new SealError(
      `Encryption key "${kekId}" is needed to open what is stored. Add it to LEDGERDESK_ENCRYPTION_KEYS.`,
    );
  };
  const open = (row: SealedDataKey): DataKey => {
    const kek = require(row.kek_id);
    const key = unseal(row.wrapped, kek, placeOf(row, 'data_keys'));
    const digestKey = row.digest_key === null ? key : unseal(row.digest_key, kek, placeOf(row, 'digest_keys'));
    return { id: row.id, key, digestKey };
  };
  const make = (connectionId: string, digestKey: Buffer | null) => {
    const place = { connection_id: connectionId, id: randomUUID() };
    const wrapped = seal(randomBytes(32), writer.key, placeOf(place, 'data_keys'));
    const sealedDigestKey = digestKey === null ? null : seal(digestKey, writer.key, placeOf(place, 'digest_keys'));
    return { ...place, kek_id: writer.id, wrapped, digest_key: sealedDigestKey };
  };
  return {
    open,
    require,
    async lock(tx, connectionId) {
      const existing = await readLocked(tx, connectionId);
      if (existing) return open(existing);
      await tx
        .insertInto('data_keys')
        .values(make(connectionId, null))
        .onConflict((conflict) => conflict.column('connection_id').doNothing())
        .execute();
      const stored = await readLocked(tx, connectionId);
      if (!stored) throw new Error(`Connection "${connectionId}" was removed meanwhile.`);
      return open(stored);
    },
    async renew(tx, row) {
      // The digests stay as they are: of a secret that a far system has replaced, nobody knows any more what was applied.
      const renewed = make(row.connection_id, open(row).digestKey);
      await tx.updateTable('data_keys').set(renewed).where('connection_id', '=', row.connection_id).execute();
      return open(renewed);
    },
  };
}

/** Reads the data key of a connection and locks it until the transaction ends. */
export function readLocked(tx: Db, connectionId: string): Promise<SealedDataKey | undefined> {
  const rows = tx.selectFrom('data_keys').selectAll().where('connection_id', '=', connectionId);
  return rows.forUpdate().executeTakeFirst();
}

function placeOf(
  { connection_id: connectionId, id }: Pick<SealedDataKey, 'connection_id' | 'id'>,
  table: 'data_keys' | 'digest_keys',
): string {
  return `${table}|${connectionId}|${id}`;
}
