import { notAnnotated, type NotAnnotated } from '../../domain/connection/not-annotated.ts';
import type { GoScope } from '../../domain/connection/go.ts';
import type { Connection } from '../../store/connection/connections.ts';
import type { Store } from '../../store/store.ts';

/** A connection as annotations need it. */
export interface OpenAnnotations {
  readonly connection: Connection;
  readonly gos: readonly GoScope[];
  /** Returns why the annotations of a legal entity and kind are not written, or null if they are. */
  readonly reasonOf: (slice: GoScope) => NotAnnotated['code'] | null;
}

/** Reads a connection and its gos from the store. */
export async function openAnnotations(store: Store, connectionId: string): Promise<OpenAnnotations> {
  const connection = await store.connections.require(connectionId);
  const gos = await store.gos.list(connectionId);
  return { connection, gos, reasonOf: (slice) => notAnnotated(connection, gos, slice)?.code ?? null };
}
