import { notAnnotated, type NotAnnotated } from '../../domain/connection/not-annotated.ts';
import type { GoScope } from '../../domain/connection/go.ts';
import type { Store } from '../../store/store.ts';

/** Returns a function that says why the annotations of a legal entity and kind are not written, or null if they are. */
export async function openAnnotations(
  store: Store,
  connectionId: string,
): Promise<(slice: GoScope) => NotAnnotated['code'] | null> {
  const connection = await store.connections.require(connectionId);
  const gos = await store.gos.list(connectionId);
  return (slice) => notAnnotated(connection, gos, slice)?.code ?? null;
}
