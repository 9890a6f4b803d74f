import { recordUnreadable, type Rejection } from '../../domain/sync/rejection.ts';
import { RemoteError } from '../errors.ts';
import { isFromOData } from './classify.ts';
import { missingColumnIn } from './missing-column.ts';

/**
 * Returns why a record cannot be read, if the failure of a read can be about the records in it: F&O has answered, with
 * an exception of its own, a refusal of the keys, or an unexpected form. Undefined for any other failure, such as an
 * outage.
 */
export function unreadableBecause(error: unknown): Rejection | undefined {
  if (!(error instanceof RemoteError) || error.system !== 'dynamics') return undefined;
  const { kind, status, code, detail, operation } = error;
  // An unknown column says nothing about a record.
  const isRefused = kind === 'refused' && missingColumnIn(detail) === undefined;
  const isMissing = kind === 'missing' && isFromOData(error);
  const isException = status === 500 && code !== null;
  if (!isRefused && !isMissing && !isException && kind !== 'unexpected') return undefined;
  const answer = [status, code].filter((part) => part !== null).join(' ');
  return recordUnreadable(`F&O answers ${answer === '' ? 'in an unexpected form' : answer} to "${operation}" for it.`);
}

/** A key that cannot be read, and why. */
export interface UnreadableKey {
  readonly key: string;
  readonly reason: Rejection;
  readonly error: unknown;
}

/**
 * Reads keys in one request, and halves them whenever the request fails because of a record in it, until each record
 * that cannot be read stands alone. Rejects with any other failure.
 */
export async function readIsolated<Item>(
  keys: readonly string[],
  read: (keys: readonly string[]) => Promise<readonly Item[]>,
): Promise<{ items: readonly Item[]; unreadable: readonly UnreadableKey[] }> {
  try {
    return { items: await read(keys), unreadable: [] };
  } catch (error) {
    const reason = unreadableBecause(error);
    const [key] = keys;
    if (reason === undefined || key === undefined) throw error;
    if (keys.length === 1) return { items: [], unreadable: [{ key, reason, error }] };
    const middle = Math.ceil(keys.length / 2);
    const first = await readIsolated(keys.slice(0, middle), read);
    const second = await readIsolated(keys.slice(middle), read);
    return { items: [...first.items, ...second.items], unreadable: [...first.unreadable, ...second.unreadable] };
  }
}
