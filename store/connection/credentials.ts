import { sql } from 'kysely';
import type { CredentialField } from '../../domain/connection/connection.ts';
import type { CredentialName } from '../../domain/connection/refusal.ts';
import { createDataKeys, type DataKey, type DataKeys } from './data-keys.ts';
import { inTransaction, type Db } from '../database.ts';
import { deleteExpiredFormerSecret, FORMER_WEBHOOK_SECRET, hasExpired } from './former-secret.ts';
import { createRefusalStore } from './refusals.ts';
import { checkKeys, rotateKeys } from './key-rotation.ts';
import { openField, openFields, sealField, type SealedField } from './sealed-fields.ts';
import { secretDigest, type KeyRing } from './sealing.ts';

/** The secrets of connections, sealed at rest. Only `open` and `webhookSecrets` return them in clear. */
export interface CredentialStore {
  /**
   * Seals and stores the secrets of a connection file. A secret that equals the one last applied, or the stored one,
   * changes nothing, so that applying a file again does not overwrite a token that was renewed since. Changed
   * credentials have not worked yet. Returns the changed fields.
   */
  apply(connectionId: string, secrets: Secrets): Promise<CredentialField[]>;
  /** Stores secrets that a remote system has issued. Applying the same file again does not overwrite them. */
  replace(connectionId: string, secrets: Secrets): Promise<void>;
  /** Returns the valid webhook secrets: the current one, and for a day after a change also the former one. */
  webhookSecrets(connectionId: string): Promise<string[]>;
  /** Returns all current secrets of a connection in clear. Throws a SealError when the keys do not fit. */
  open(connectionId: string): Promise<Secrets>;
  /**
   * Gives every connection a new data key, sealed by the first key of the ring, and seals its secrets with it. Works on
   * one connection at a time, so it can be interrupted and run again. Returns how many connections it changed.
   * Afterwards the other keys of the ring are no longer needed.
   */
  rotate(): Promise<{ rotated: number; keyId: string }>;
  /** Throws a SealError, with a message for the operator, when stored credentials cannot be opened with these keys. */
  checkKeys(): Promise<void>;
}

/** Secrets by credential field. */
export type Secrets = Partial<Record<CredentialField, string>>;

/** Creates the store of credentials. `ring` holds the encryption keys of the operator. */
export function createCredentialStore(db: Db, ring: KeyRing): CredentialStore {
  const keys = createDataKeys(ring);
  const write = <Result>(connectionId: string, work: (target: WriteTarget) => Promise<Result>): Promise<Result> =>
    inTransaction(db, async (tx) => {
      const dataKey = await keys.lock(tx, connectionId);
      await deleteExpiredFormerSecret(tx, connectionId);
      return work({ tx, connectionId, dataKey, held: await readHeld(tx, connectionId) });
    });
  return {
    apply: (connectionId, secrets) =>
      write(connectionId, async (target) => {
        const changed = await applySecrets(target, secrets);
        const affected = credentialsWith(changed);
        if (affected.length > 0) await createRefusalStore(target.tx).forget(connectionId, affected);
        return changed;
      }),
    replace: (connectionId, secrets) => write(connectionId, (target) => replaceSecrets(target, secrets)),
    async webhookSecrets(connectionId) {
      const secrets = await openSecrets(db, keys, { connectionId, withFormer: true });
      const all = [secrets['zendesk.webhookSecret'], secrets[FORMER_WEBHOOK_SECRET]];
      return all.filter((secret) => secret !== undefined);
    },
    open: (connectionId) => openSecrets(db, keys, { connectionId, withFormer: false }),
    rotate: () => rotateKeys(db, ring, keys),
    checkKeys: () => checkKeys(db, ring, keys),
  };
}

type Held = SealedField & { readonly applied_digest: Buffer };

/** A transaction that has locked the data key of a connection, with the secrets that are stored so far. */
interface WriteTarget {
  readonly tx: Db;
  readonly connectionId: string;
  readonly dataKey: DataKey;
  readonly held: ReadonlyMap<string, Held>;
}

async function readHeld(tx: Db, connectionId: string): Promise<Map<string, Held>> {
  const rows = await tx.selectFrom('credentials').selectAll().where('connection_id', '=', connectionId).execute();
  return new Map(rows.map((row) => [row.field, row]));
}

/** Returns the credentials that these secrets belong to. The webhook secret is none that a remote system checks. */
function credentialsWith(fields: readonly CredentialField[]): CredentialName[] {
  const ofDynamics = fields.some((field) => field.startsWith('dynamics.'));
  const ofZendesk = fields.some((field) => field.startsWith('zendesk.') && field !== 'zendesk.webhookSecret');
  return [
    ...(ofDynamics ? (['entra', 'dynamics'] as const) : []),
    ...(ofZendesk ? (['zendesk', 'zendesk-grant'] as const) : []),
  ];
}

async function applySecrets(target: WriteTarget, secrets: Secrets): Promise<CredentialField[]> {
  const changed: CredentialField[] = [];
  for (const [field, secret] of Object.entries(secrets) as [CredentialField, string][]) {
    const digest = secretDigest(secret, target.dataKey.digestKey);
    if (target.held.get(field)?.applied_digest.equals(digest) === true) continue;
    if (heldSecret(target, field) === secret) {
      await recordApplied(target, field, digest);
      continue;
    }
    await write(target, { field, secret, digest });
    changed.push(field);
  }
  return changed;
}

async function replaceSecrets(target: WriteTarget, secrets: Secrets): Promise<void> {
  for (const [field, secret] of Object.entries(secrets)) {
    if (heldSecret(target, field) === secret) continue;
    await write(target, { field, secret, digest: target.held.get(field)?.applied_digest ?? NEVER_APPLIED });
  }
}

/** A digest that no secret has. */
const NEVER_APPLIED = Buffer.alloc(0);

function heldSecret({ held, dataKey }: WriteTarget, field: string): string | undefined {
  const row = held.get(field);
  return row && openField(row, dataKey);
}

/** Writes a secret. A webhook secret that is replaced stays as the former one. */
async function write(
  target: WriteTarget,
  { field, secret, digest }: { field: string; secret: string; digest: Buffer },
) {
  const replaced = field === 'zendesk.webhookSecret' ? heldSecret(target, field) : undefined;
  if (replaced !== undefined) {
    await put(target, sealField(replaced, { ...target, field: FORMER_WEBHOOK_SECRET }, target.dataKey), NEVER_APPLIED);
  }
  await put(target, sealField(secret, { ...target, field }, target.dataKey), digest);
}

async function put({ tx }: WriteTarget, row: SealedField, digest: Buffer): Promise<void> {
  const change = { sealed: row.sealed, applied_digest: digest, updated_at: sql<Date>`now()` };
  await tx
    .insertInto('credentials')
    .values({ ...row, ...change })
    .onConflict((conflict) => conflict.columns(['connection_id', 'field']).doUpdateSet(change))
    .execute();
}

async function recordApplied({ tx, connectionId }: WriteTarget, field: string, digest: Buffer): Promise<void> {
  const rows = tx.updateTable('credentials').set({ applied_digest: digest });
  await rows.where('connection_id', '=', connectionId).where('field', '=', field).execute();
}

/**
 * Reads data key and secrets in one statement, so that no rotation happens in between. Leaves out an expired former
 * secret.
 */
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
      const isCurrent = eb('credentials.field', '<>', FORMER_WEBHOOK_SECRET);
      return withFormer ? eb.or([isCurrent, eb.not(hasExpired)]) : isCurrent;
    })
    .execute();
  const [first] = rows;
  return first === undefined ? {} : openFields(rows, keys.open(first));
}
