import { sql } from 'kysely';
import type { TargetName } from '../../domain/entity-spec.ts';
import type { SuspendedField } from '../../domain/sync/field-check.ts';
import { inTransaction, type Db } from '../database.ts';

/** The result of the last check of a connection's custom fields of organizations, or of users. */
export interface StoredFieldCheck {
  /** The fingerprint of the needed fields; empty when they must be checked again. */
  readonly needed: string;
  /** The keys of the needed fields that exist in Zendesk, of any type, also those just created. */
  readonly present: readonly string[];
  readonly suspended: readonly SuspendedField[];
  readonly checkedAt: Date;
}

/** The keys of fields that were created because they were missing in an answer to a request made at `askedAt`. */
export interface CreatedFields {
  readonly keys: readonly string[];
  readonly askedAt: Date;
}

/** A check to store. `created` is null if it has created no fields. */
export interface FieldCheckToStore extends Omit<StoredFieldCheck, 'checkedAt'> {
  readonly created: CreatedFields | null;
}

/** The results of field checks. Because of them, a run requests the custom fields only when something has changed. */
export interface FieldCheckStore {
  /** Returns the last check, or undefined before the first one. */
  get(connectionId: string, target: TargetName): Promise<StoredFieldCheck | undefined>;
  /** Stores a check. Forgets the values of newly suspended fields, and records created fields as empty where they were not read since. */
  save(connectionId: string, target: TargetName, check: FieldCheckToStore): Promise<void>;
  /** Makes the next run check the fields again. */
  again(connectionId: string, target: TargetName): Promise<void>;
}

/** A look-up of the operations on stored values of custom fields, by target. */
export type RememberedFieldsOf = (target: TargetName) => {
  forget(db: Db, connectionId: string, keys: readonly string[]): Promise<void>;
  created(db: Db, connectionId: string, created: CreatedFields): Promise<void>;
};

/** Creates the store of field checks. */
export function createFieldCheckStore(db: Db, rememberedFieldsOf: RememberedFieldsOf): FieldCheckStore {
  return {
    get: (connectionId, target) => read(db, connectionId, target),
    save: (connectionId, target, check) =>
      inTransaction(db, async (tx) => {
        const before = await read(tx, connectionId, target);
        const known = new Set(before?.suspended.map(({ key }) => key));
        const suspended = check.suspended.map(({ key }) => key).filter((key) => !known.has(key));
        const fields = rememberedFieldsOf(target);
        if (suspended.length > 0) await fields.forget(tx, connectionId, suspended);
        if (check.created !== null) await fields.created(tx, connectionId, check.created);
        await write(tx, connectionId, { target, check });
      }),
    again: (connectionId, target) => checkFieldsAgain(db, connectionId, target),
  };
}

/** Makes the next run check the fields of a connection again. Runs in the transaction of the caller. */
export async function checkFieldsAgain(db: Db, connectionId: string, target: TargetName): Promise<void> {
  const due = db.updateTable('field_checks').set({ needed: '' }).where('connection_id', '=', connectionId);
  await due.where('target', '=', target).execute();
}

async function read(db: Db, connectionId: string, target: TargetName): Promise<StoredFieldCheck | undefined> {
  const row = await db
    .selectFrom('field_checks')
    .select(['needed', 'present', 'suspended', 'checked_at as checkedAt'])
    .where('connection_id', '=', connectionId)
    .where('target', '=', target)
    .executeTakeFirst();
  return row;
}

async function write(
  db: Db,
  connectionId: string,
  { target, check }: { target: TargetName; check: FieldCheckToStore },
): Promise<void> {
  const row = {
    needed: check.needed,
    present: [...check.present],
    suspended: JSON.stringify(check.suspended),
    checked_at: sql<Date>`clock_timestamp()`,
  };
  await db
    .insertInto('field_checks')
    .values({ connection_id: connectionId, target, ...row })
    .onConflict((conflict) => conflict.columns(['connection_id', 'target']).doUpdateSet(row))
    .execute();
}
