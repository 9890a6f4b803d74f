import type { RequestHandler, Response } from 'express';
import type { Log } from '../../runtime/log/log.ts';
import type { Store } from '../../store/store.ts';
import { actorOf } from './bearer.ts';

/** Says that a request is in the audit log already. */
export function markAudited(response: Response): void {
  response.locals['isAudited'] = true;
}

/**
 * Creates a handler that adds a successful request to the audit log: the actor, the action, and the connection, run or
 * token.
 */
export function auditRequest(
  action: string,
  { audit }: Pick<Store, 'audit'>,
  log: Log,
): RequestHandler<Record<string, string>> {
  return (request, response, next) => {
    const { id: named } = (request.body ?? {}) as { readonly id?: unknown };
    const subject = Object.values(request.params)[0] ?? (typeof named === 'string' ? named : null);
    response.on('finish', () => {
      if (response.statusCode >= 400 || response.locals['isAudited'] === true) return;
      audit
        .add({ actor: actorOf(response).name, action, subject, detail: null })
        .catch((error: unknown) => log.error({ err: error }, 'an action could not be added to the audit log'));
    });
    next();
  };
}
