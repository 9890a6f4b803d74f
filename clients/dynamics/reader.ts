import type { z } from 'zod';
import type { Contradiction } from '../../domain/sync/reading/contradiction.ts';
import { remoteError, type RemoteError } from '../errors.ts';
import { inconsistentList } from '../inconsistent-list.ts';
import { parseUrl } from '../parse-url.ts';
import { readResponse } from '../read-response.ts';
import type { DynamicsCaller } from './caller.ts';

/** A request that reads a page of F&O. */
interface DynamicsRead {
  readonly operation: string;
  readonly url: string;
  /** True when texts that cannot be stored must reach the schema. By default, they are repaired. */
  readonly asServed?: boolean;
}

/** The reader of collections in one environment. */
export interface Reader {
  read<T>(schema: z.ZodType<T>, read: DynamicsRead): Promise<T>;
  /** Returns the URL of a `nextLink`. Throws `unexpected` when it leads to another host or path. */
  follow(nextLink: string, operation: string): string;
  /** Returns the error for a response that does not match the request. */
  unexpected(operation: string, detail: string): RemoteError;
  /** Returns the error for a list whose pages contradict each other. */
  inconsistent(operation: string, why: Contradiction): RemoteError;
}

/** Creates the reader. It never follows a link away from `origin`, so that no other host receives a token. */
export function createReader(options: {
  readonly origin: string;
  readonly call: DynamicsCaller;
  readonly pageSize: number;
}): Reader {
  const { origin, call, pageSize } = options;
  const unexpected = (operation: string, detail: string): RemoteError =>
    remoteError({ system: 'dynamics', operation, kind: 'unexpected', detail });

  return {
    unexpected,
    async read(schema, { operation, url, asServed = false }) {
      const headers = { prefer: `odata.maxpagesize=${pageSize}` };
      const response = await call({ operation, url, method: 'GET', headers });
      return readResponse(schema, response, { system: 'dynamics', operation, asServed });
    },
    inconsistent: (operation, why) => inconsistentList('dynamics', operation, why),
    follow(nextLink, operation) {
      const url = parseUrl(nextLink, `${origin}/data/`);
      const own =
        url?.origin === origin && url.pathname.startsWith('/data/') && url.username === '' && url.password === '';
      if (url === undefined || !own)
        throw unexpected(operation, 'the link to the next page leads to another host or path.');
      return url.href;
    },
  };
}
