import { randomBytes, randomUUID } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { Db } from '../database.ts';
import type { Database } from '../schema.ts';
import { seal, SealError, unseal, type KeyRing } from './sealing.ts';

/** An opened data key. `key` seals secrets, and `digestKey` keys the digests of applied secrets. Both have 32 bytes. */
export interface DataKey {
  readonly id: string;
  readonly key: Buffer;
  readonly digestKey: Buffer;
}

/** A stored data key, sealed by the encryption key that `kek_id` names. */
export type SealedDataKey = Selectable<Database['data_keys']>;

/** The data keys of connections, each sealed by one of the configured encryption keys. */
export interface DataKeys {
  /** Opens a data key. Throws a SealError when the encryption key is not configured or does not fit. */
  open(row: SealedDataKey): DataKey;
  /** Returns an encryption key. Throws a SealError, with a message for the operator, when it is not configured. */
  require(kekId: string): Buffer;
  /**
   * Returns the data key of a connection, creating it if necessary, and locks it until the transaction ends, so that no
   * rotation happens between reading the key and writing what is sealed with it.
   */
  lock(tx: Db, connectionId: string): Promise<DataKey>;
  /** Replaces a data key that the transaction has locked by a new one, sealed by the first key of the ring. */
  renew(tx: Db, row: SealedDataKey): Promise<DataKey>;
}

/** Creates the access to data keys. `ring` holds the encryption keys of the operator. */
export function createDataKeys(ring: KeyRing): DataKeys {
  const [writer] = ring;
  const require = (kekId: string): Buffer => {
    const found = ring.find(({ id }) => id === kekId);
    if (found) return found.key;
    throw new SealError(
      `Stored credentials are encrypted with the key "${kekId}", which is not configured. Add it to LEDGERDESK_ENCRYPTION_KEYS.`,
    );
  };
  const open = (row: SealedDataKey): DataKey => {
    const kek = require(row.kek_id);
    const key = unseal(row.wrapped, kek, contextOf(row, 'data_keys'));
    const digestKey = row.digest_key === null ? key : unseal(row.digest_key, kek, contextOf(row, 'digest_keys'));
    return { id: row.id, key, digestKey };
  };
  const create = (connectionId: string, digestKey: Buffer | null) => {
    const owner = { connection_id: connectionId, id: randomUUID() };
    const wrapped = seal(randomBytes(32), writer.key, contextOf(owner, 'data_keys'));
    const sealedDigestKey = digestKey === null ? null : seal(digestKey, writer.key, contextOf(owner, 'digest_keys'));
    return { ...owner, kek_id: writer.id, wrapped, digest_key: sealedDigestKey };
  };
  return {
    open,
    require,
    async lock(tx, connectionId) {
      const existing = await readLocked(tx, connectionId);
      if (existing) return open(existing);
      await tx
        .insertInto('data_keys')
        .values(create(connectionId, null))
        .onConflict((conflict) => conflict.column('connection_id').doNothing())
        .execute();
      const stored = await readLocked(tx, connectionId);
      if (!stored) throw new Error(`Connection "${connectionId}" was removed while its secrets were being stored.`);
      return open(stored);
    },
    async renew(tx, row) {
      // The digests must stay valid: the applied value of a secret that a remote system has replaced is no longer
      // known.
      const renewed = create(row.connection_id, open(row).digestKey);
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

function contextOf(
  { connection_id: connectionId, id }: Pick<SealedDataKey, 'connection_id' | 'id'>,
  table: 'data_keys' | 'digest_keys',
): string {
  return `${table}|${connectionId}|${id}`;
}
