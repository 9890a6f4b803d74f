import { sql } from 'kysely';
import type { CredentialField } from '../../domain/connection/connection.ts';
import { createDataKeys, type DataKey, type DataKeys } from './data-keys.ts';
import { inTransaction, type Db } from '../database.ts';
import { eraseExpiredFormer, FORMER, hasExpired } from './former-secret.ts';
import { checkKeys, rotateKeys } from './key-rotation.ts';
import { openField, openFields, sealField, type SealedField } from './sealed-fields.ts';
import { secretDigest, type KeyRing } from './sealing.ts';

/** Secrets of connections, sealed at rest. Plain values leave only through `open` and `webhookSecrets`. */
export interface CredentialStore {
  /**
   * Seals the secrets that a file gives. One that is equal to the value last applied, or to the one that is stored, leaves the
   * stored one as it is, so that a file never puts a rotated token back. Returns the fields that changed.
   */
  apply(connectionId: string, secrets: Secrets): Promise<CredentialField[]>;
  /** Seals secrets that a far system has issued in place of those that were applied; a file that is applied again does not put the old ones back. */
  replace(connectionId: string, secrets: Secrets): Promise<void>;
  /** The secrets that webhooks may be signed with: the one in use, and the former one for a day after it was replaced. */
  webhookSecrets(connectionId: string): Promise<string[]>;
  /** Opens all secrets of a connection, but for a former one. Throws SealError when the keys do not fit. */
  open(connectionId: string): Promise<Secrets>;
  /**
   * Seals every connection's secrets anew, with a new data key under the first key of the ring; one by one, so that it can be
   * broken off and begun again. Answers how many were sealed anew. From then on the other keys are no longer needed.
   */
  rotate(): Promise<{ rotated: number; keyId: string }>;
  /** Refuses a start under a wrong key: throws SealError with a sentence when what is stored does not open. */
  checkKeys(): Promise<void>;
}

/** Secrets by the field that they are for. */
export type Secrets = Partial<Record<CredentialField, string>>;

/** Builds the credential store over the operator's keys. */
export function createCredentialStore(db: Db, ring: KeyRing): CredentialStore {
  const keys = createDataKeys(ring);
  const write = <Result>(connectionId: string, work: (at: Place) => Promise<Result>): Promise<Result> =>
    inTransaction(db, async (tx) => {
      const dataKey = await keys.lock(tx, connectionId);
      await eraseExpiredFormer(tx, connectionId);
      return work({ tx, connectionId, dataKey, held: await readHeld(tx, connectionId) });
    });
  return {
    apply: (connectionId, secrets) => write(connectionId, (at) => applySecrets(at, secrets)),
    replace: (connectionId, secrets) => write(connectionId, (at) => replaceSecrets(at, secrets)),
    async webhookSecrets(connectionId) {
      const secrets = await openSecrets(db, keys, { connectionId, withFormer: true });
      return [secrets['zendesk.webhookSecret'], secrets[FORMER]].filter((secret) => secret !== undefined);
    },
    open: (connectionId) => openSecrets(db, keys, { connectionId, withFormer: false }),
    rotate: () => rotateKeys(db, ring, keys),
    checkKeys: () => checkKeys(db, ring, keys),
  };
}

type Held = SealedField & { readonly applied_digest: Buffer };

/** Where secrets are written: a transaction that has locked the connection's data key, and what it holds so far. */
interface Place {
  readonly tx: Db;
  readonly connectionId: string;
  readonly dataKey: DataKey;
  readonly held: ReadonlyMap<string, Held>;
}

async function readHeld(tx: Db, connectionId: string): Promise<Map<string, Held>> {
  const rows = await tx.selectFrom('credentials').selectAll().where('connection_id', '=', connectionId).execute();
  return new Map(rows.map((row) => [row.field, row]));
}

async function applySecrets(at: Place, secrets: Secrets): Promise<CredentialField[]> {
  const changed: CredentialField[] = [];
  for (const [field, secret] of Object.entries(secrets) as [CredentialField, string][]) {
    const digest = secretDigest(secret, at.dataKey.digestKey);
    if (at.held.get(field)?.applied_digest.equals(digest) === true) continue;
    if (heldSecret(at, field) === secret) {
      await noteApplied(at, field, digest);
      continue;
    }
    await write(at, { field, secret, digest });
    changed.push(field);
  }
  return changed;
}

async function replaceSecrets(at: Place, secrets: Secrets): Promise<void> {
  for (const [field, secret] of Object.entries(secrets)) {
    if (heldSecret(at, field) === secret) continue;
    await write(at, { field, secret, digest: at.held.get(field)?.applied_digest ?? NEVER_APPLIED });
  }
}

/** The digest of no secret. */
const NEVER_APPLIED = Buffer.alloc(0);

function heldSecret({ held, dataKey }: Place, field: string): string | undefined {
  const row = held.get(field);
  return row && openField(row, dataKey);
}

/** Writes a secret; a webhook secret that is replaced by another is kept as the former one. */
async function write(at: Place, { field, secret, digest }: { field: string; secret: string; digest: Buffer }) {
  const present = field === 'zendesk.webhookSecret' ? heldSecret(at, field) : undefined;
  if (present !== undefined) await put(at, sealField(present, { ...at, field: FORMER }, at.dataKey), NEVER_APPLIED);
  await put(at, sealField(secret, { ...at, field }, at.dataKey), digest);
}

async function put({ tx }: Place, row: SealedField, digest: Buffer): Promise<void> {
  const change = { sealed: row.sealed, applied_digest: digest, updated_at: sql<Date>`now()` };
  await tx
    .insertInto('credentials')
    .values({ ...row, ...change })
    .onConflict((conflict) => conflict.columns(['connection_id', 'field']).doUpdateSet(change))
    .execute();
}

async function noteApplied({ tx, connectionId }: Place, field: string, digest: Buffer): Promise<void> {
  const rows = tx.updateTable('credentials').set({ applied_digest: digest });
  await rows.where('connection_id', '=', connectionId).where('field', '=', field).execute();
}

/** Reads data key and secrets by one statement, so that a rotation cannot come between; an expired former secret is left out. */
async function openSecrets(
  db: Db,
  keys: DataKeys,
  { connectionId, withFormer }: { connectionId: string; withFormer: boolean },
): Promise<Secrets> {
  const rows = await db
    .selectFrom('credentials')
    .innerJoin('data_keys', 'data_keys.connection_id', 'credentials.connection_id')
    .selectAll(['data_keys', 'credentials'])
    .where('credentials.connection_id', '=', connectionId)
    .where((eb) => {
      const isPresent = eb('credentials.field', '<>', FORMER);
      return withFormer ? eb.or([isPresent, eb.not(hasExpired)]) : isPresent;
    })
    .execute();
  const [first] = rows;
  return first === undefined ? {} : openFields(rows, keys.open(first));
}
