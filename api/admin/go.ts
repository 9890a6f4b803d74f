import {
  EVERY,
  describeScope,
  hasAnyGo,
  isCovered,
  noGo,
  WHOLE_CONNECTION,
  type GoScope,
} from '../../domain/connection/go.ts';
import type { Store } from '../../store/store.ts';
import { ApiError } from '../api-error.ts';
import { mayGiveGo, type Actor } from './bearer.ts';
import type { EndpointInput } from './endpoint.ts';

/** Returns the scope of a go for a sync: the whole connection, or one legal entity. */
export function goScopeOf(legalEntity: string | null | undefined): GoScope {
  return legalEntity === null || legalEntity === undefined ? WHOLE_CONNECTION : { legalEntity, kind: EVERY };
}

/** A sync that a person starts: the scope that it covers, and the request. */
interface RequestedSync extends Pick<EndpointInput<string, unknown, unknown>, 'actor' | 'isAudited'> {
  readonly scope: GoScope;
}

/**
 * Gives the go for what a person syncs, together with the entry in the audit. A person who may not give it can sync what
 * has its go. Throws an ApiError with status 409 if that is nothing.
 */
export async function giveGo(
  store: Pick<Store, 'gos'>,
  connectionId: string,
  { scope, actor, isAudited }: RequestedSync,
): Promise<void> {
  const gos = await store.gos.list(connectionId);
  if (isCovered(gos, scope)) return;
  const legalEntity = scope.legalEntity === EVERY ? undefined : scope.legalEntity;
  if (!mayGiveGo(actor)) {
    if (hasAnyGo(gos, legalEntity)) return;
    throw refusedWithoutGo(connectionId, { legalEntity, actor });
  }
  const detail = `go for ${describeScope(scope)}`;
  const entry = { actor: actor.name, action: 'connection.sync', subject: connectionId, detail };
  if (await store.gos.give(connectionId, [scope], entry)) isAudited();
}

/** Throws an ApiError with status 409 if nothing of a connection may be written. */
export async function requireAnyGo(store: Pick<Store, 'gos'>, connectionId: string): Promise<void> {
  if (!hasAnyGo(await store.gos.list(connectionId))) throw refusedWithoutGo(connectionId, {});
}

/** Creates the error with status 409 that says who must give the go, and how. */
export function refusedWithoutGo(
  connectionId: string,
  { legalEntity, actor }: { readonly legalEntity?: string | undefined; readonly actor?: Actor },
): ApiError {
  const { code, message } = noGo(connectionId, legalEntity);
  const needed =
    actor === undefined ? '' : ` Your token has the scope "${actor.scope}". The go needs the scope "admin".`;
  return new ApiError(409, code, `${message}${needed}`);
}
