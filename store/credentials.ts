import { randomBytes, randomUUID } from 'node:crypto';
import type { CredentialField } from '../domain/connection.ts';
import type { Db } from './database.ts';
import { seal, SealError, secretDigest, unseal, type KeyRing } from './sealing.ts';

/** Secrets of connections, sealed at rest. Plain values leave only through `open`. */
export interface CredentialStore {
  /**
   * Seals the secrets that were given. One that is equal to the value last applied leaves the stored one as it is, so that
   * a file never puts a rotated token back. Returns the fields that changed.
   */
  apply(connectionId: string, secrets: Partial<Record<CredentialField, string>>): Promise<CredentialField[]>;
  /** Seals secrets that a far system has issued in place of those that were applied; a file that is applied again does not put the old ones back. */
  replace(connectionId: string, secrets: Partial<Record<CredentialField, string>>): Promise<void>;
  /** The secrets that webhooks may be signed with: the one in use, and the former one for a day after it was replaced. */
  webhookSecrets(connectionId: string): Promise<string[]>;
  /** Opens all secrets of a connection. Throws SealError when the keys do not fit. */
  open(connectionId: string): Promise<Partial<Record<CredentialField, string>>>;
  /**
   * Seals every connection's data key anew under the first key of the ring; one by one, so that it can be broken off and
   * begun again. Answers how many were sealed anew. From then on the other keys are no longer needed.
   */
  rotate(): Promise<{ rotated: number; keyId: string }>;
  /** Refuses a start under a wrong key: throws SealError with a sentence when what is stored does not open. */
  checkKeys(): Promise<void>;
}

/** Builds the credential store over the operator's keys. */
export function createCredentialStore(db: Db, ring: KeyRing): CredentialStore {
  const keyOf = (kekId: string): Buffer => {
    const found = ring.find(({ id }) => id === kekId);
    if (!found)
      throw new SealError(
        `Encryption key "${kekId}" is needed to open what is stored. Add it to LEDGERDESK_ENCRYPTION_KEYS.`,
      );
    return found.key;
  };
  return {
    apply: (connectionId, secrets) => applySecrets(db, { ring, keyOf, connectionId, secrets }),
    replace: (connectionId, secrets) => replaceSecrets(db, { ring, keyOf, connectionId, secrets }),
    async webhookSecrets(connectionId) {
      const secrets = await openSecrets(db, keyOf, connectionId);
      const former = (await isFormerInUse(db, connectionId)) ? secrets[FORMER] : undefined;
      return [secrets['zendesk.webhookSecret'], former].filter((secret) => secret !== undefined);
    },
    open: (connectionId) => openSecrets(db, keyOf, connectionId),
    rotate: () => rotate(db, ring, keyOf),
    checkKeys: () => checkCanary(db, ring, keyOf),
  };
}

type KeyOf = (kekId: string) => Buffer;

interface DataKey {
  readonly id: string;
  readonly key: Buffer;
}

const dataKeyPlace = (connectionId: string, id: string) => `data_keys|${connectionId}|${id}`;
const fieldPlace = (connectionId: string, field: string, keyId: string) =>
  `credentials|${connectionId}|${field}|${keyId}`;

async function applySecrets(
  db: Db,
  request: { ring: KeyRing; keyOf: KeyOf; connectionId: string; secrets: Partial<Record<CredentialField, string>> },
): Promise<CredentialField[]> {
  const { connectionId, secrets } = request;
  const dataKey = await ensureDataKey(db, request);
  await keepFormerWebhookSecret(db, { ...request, dataKey });
  const changed: CredentialField[] = [];
  for (const [field, secret] of Object.entries(secrets) as [CredentialField, string][]) {
    const row = {
      sealed: seal(Buffer.from(secret), dataKey.key, fieldPlace(connectionId, field, dataKey.id)),
      applied_digest: secretDigest(secret, dataKey.key),
    };
    const written = await db
      .insertInto('credentials')
      .values({ connection_id: connectionId, field, ...row })
      .onConflict((conflict) =>
        conflict
          .columns(['connection_id', 'field'])
          .doUpdateSet({ ...row, updated_at: new Date() })
          .where('credentials.applied_digest', '<>', row.applied_digest),
      )
      .returning('field')
      .execute();
    if (written.length > 0) changed.push(field);
  }
  return changed;
}

async function replaceSecrets(
  db: Db,
  request: { ring: KeyRing; keyOf: KeyOf; connectionId: string; secrets: Partial<Record<CredentialField, string>> },
): Promise<void> {
  const { connectionId, secrets } = request;
  const dataKey = await ensureDataKey(db, request);
  for (const [field, secret] of Object.entries(secrets)) {
    const sealed = seal(Buffer.from(secret), dataKey.key, fieldPlace(connectionId, field, dataKey.id));
    await db
      .insertInto('credentials')
      .values({ connection_id: connectionId, field, sealed, applied_digest: Buffer.alloc(0) })
      .onConflict((conflict) =>
        conflict.columns(['connection_id', 'field']).doUpdateSet({ sealed, updated_at: new Date() }),
      )
      .execute();
  }
}

const FORMER = 'zendesk.formerWebhookSecret';
/** Zendesk retries a delivery for minutes; a day allows for queues on the way (docs: a reset kills the old secret at once). */
const FORMER_HOURS = 24;

/** A webhook secret that is replaced by another is kept as the former one. */
async function keepFormerWebhookSecret(
  db: Db,
  request: { keyOf: KeyOf; connectionId: string; secrets: Partial<Record<CredentialField, string>>; dataKey: DataKey },
): Promise<void> {
  const { keyOf, connectionId, secrets, dataKey } = request;
  const next = secrets['zendesk.webhookSecret'];
  const present =
    next === undefined ? undefined : (await openSecrets(db, keyOf, connectionId))['zendesk.webhookSecret'];
  if (present === undefined || present === next) return;
  const row = {
    sealed: seal(Buffer.from(present), dataKey.key, fieldPlace(connectionId, FORMER, dataKey.id)),
    applied_digest: secretDigest(present, dataKey.key),
    updated_at: new Date(),
  };
  await db
    .insertInto('credentials')
    .values({ connection_id: connectionId, field: FORMER, ...row })
    .onConflict((conflict) => conflict.columns(['connection_id', 'field']).doUpdateSet(row))
    .execute();
}

async function isFormerInUse(db: Db, connectionId: string): Promise<boolean> {
  const row = await db
    .selectFrom('credentials')
    .select('field')
    .where('connection_id', '=', connectionId)
    .where('field', '=', FORMER)
    .where('updated_at', '>', new Date(Date.now() - FORMER_HOURS * 3_600_000))
    .executeTakeFirst();
  return row !== undefined;
}

async function ensureDataKey(db: Db, request: { ring: KeyRing; keyOf: KeyOf; connectionId: string }): Promise<DataKey> {
  const { ring, keyOf, connectionId } = request;
  const existing = await readDataKey(db, keyOf, connectionId);
  if (existing) return existing;
  const id = randomUUID();
  const wrapped = seal(randomBytes(32), ring[0].key, dataKeyPlace(connectionId, id));
  await db
    .insertInto('data_keys')
    .values({ connection_id: connectionId, id, kek_id: ring[0].id, wrapped })
    .onConflict((conflict) => conflict.column('connection_id').doNothing())
    .execute();
  const stored = await readDataKey(db, keyOf, connectionId);
  if (!stored) throw new Error(`Connection "${connectionId}" was removed meanwhile.`);
  return stored;
}

async function readDataKey(db: Db, keyOf: KeyOf, connectionId: string): Promise<DataKey | undefined> {
  const row = await db.selectFrom('data_keys').selectAll().where('connection_id', '=', connectionId).executeTakeFirst();
  return row && { id: row.id, key: unseal(row.wrapped, keyOf(row.kek_id), dataKeyPlace(connectionId, row.id)) };
}

async function openSecrets(
  db: Db,
  keyOf: KeyOf,
  connectionId: string,
): Promise<Partial<Record<CredentialField, string>>> {
  const dataKey = await readDataKey(db, keyOf, connectionId);
  if (!dataKey) return {};
  const rows = await db.selectFrom('credentials').selectAll().where('connection_id', '=', connectionId).execute();
  const opened = rows.map(({ field, sealed }) => [
    field,
    unseal(sealed, dataKey.key, fieldPlace(connectionId, field, dataKey.id)).toString(),
  ]);
  return Object.fromEntries(opened) as Partial<Record<CredentialField, string>>;
}

async function rotate(db: Db, ring: KeyRing, keyOf: KeyOf): Promise<{ rotated: number; keyId: string }> {
  const [first] = ring;
  const rows = await db.selectFrom('data_keys').selectAll().where('kek_id', '<>', first.id).execute();
  for (const { connection_id: connectionId, id, kek_id: kekId, wrapped } of rows) {
    const place = dataKeyPlace(connectionId, id);
    const sealed = seal(unseal(wrapped, keyOf(kekId), place), first.key, place);
    await db
      .updateTable('data_keys')
      .set({ kek_id: first.id, wrapped: sealed })
      .where('connection_id', '=', connectionId)
      .where('kek_id', '=', kekId)
      .execute();
  }
  await db.deleteFrom('key_canary').where('kek_id', '<>', first.id).execute();
  return { rotated: rows.length, keyId: first.id };
}

const CANARY = Buffer.from('ledgerdesk');

async function checkCanary(db: Db, ring: KeyRing, keyOf: KeyOf): Promise<void> {
  const canaries = await db.selectFrom('key_canary').selectAll().execute();
  for (const { kek_id: kekId, sealed } of canaries) {
    if (!ring.some(({ id }) => id === kekId) && canaries.some((other) => ring.some(({ id }) => id === other.kek_id)))
      continue;
    unseal(sealed, keyOf(kekId), `canary|${kekId}`);
  }
  // A key that a rotation has not reached yet is still needed, even though the first one has its canary.
  for (const { kek_id: kekId } of await db.selectFrom('data_keys').select('kek_id').distinct().execute()) keyOf(kekId);
  const writer = ring[0];
  await db
    .insertInto('key_canary')
    .values({ kek_id: writer.id, sealed: seal(CANARY, writer.key, `canary|${writer.id}`) })
    .onConflict((conflict) => conflict.column('kek_id').doNothing())
    .execute();
}
