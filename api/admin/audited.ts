import type { RequestHandler } from 'express';
import type { Log } from '../../runtime/log.ts';
import type { Store } from '../../store/store.ts';
import { actorOf } from './bearer.ts';

/** What a path does, by its method and its words: `POST /connections/:id/sync` is `connection.sync`. */
const ACTIONS: readonly (readonly [RegExp, string])[] = [
  [/^POST \/connections$/, 'connection.apply'],
  [/^DELETE \/connections\/([^/]+)$/, 'connection.remove'],
  [/^POST \/connections\/([^/]+)\/(sync|retry|wire|ping|schedule|authorize)$/, 'connection'],
  [/^POST \/runs\/([^/]+)\/(cancel)$/, 'run'],
  [/^POST \/keys\/rotate$/, 'keys.rotate'],
  [/^POST \/tokens$/, 'token.create'],
  [/^DELETE \/tokens\/([^/]+)$/, 'token.revoke'],
];

/** Notes who did what, once it was done; looking is not noted, nor is what was refused. */
export function audited({ audit }: Pick<Store, 'audit'>, log: Log): RequestHandler {
  return (request, response, next) => {
    const known = ACTIONS.find(([pattern]) => pattern.test(`${request.method} ${request.path}`));
    if (known === undefined) {
      next();
      return;
    }
    const [pattern, name] = known;
    const [, subject, verb] = pattern.exec(`${request.method} ${request.path}`) ?? [];
    const { id } = (request.body ?? {}) as { readonly id?: unknown };
    response.on('finish', () => {
      if (response.statusCode >= 400) return;
      const entry = {
        actor: actorOf(response).name,
        action: verb === undefined ? name : `${name}.${verb}`,
        subject: subject ?? (typeof id === 'string' ? id : null),
        detail: null,
      };
      audit.add(entry).catch((error: unknown) => log.error({ err: error }, 'an action was not noted in the audit'));
    });
    next();
  };
}
