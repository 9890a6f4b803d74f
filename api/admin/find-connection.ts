import type { Connection } from '../../store/connection/connections.ts';
import type { Store } from '../../store/store.ts';
import { ApiError } from '../api-error.ts';
import { connectionId } from '../connection-file/fields.ts';

/** Returns the connection with this id. Throws an ApiError with status 404 if it does not exist. */
export async function findConnection(store: Store, id: string): Promise<Connection> {
  const found = connectionId.safeParse(id).success ? await store.connections.get(id) : undefined;
  if (found) return found;
  throw connectionMissing(id);
}

/** Returns the error for a connection that does not exist. */
export function connectionMissing(id: string): ApiError {
  const message = `There is no connection "${id.slice(0, 60)}". To create it, run: ledgerdesk connection apply FILE`;
  return new ApiError(404, 'connection_missing', message);
}
