import type { z } from 'zod';
import { remoteError, type RemoteError } from '../errors.ts';
import { parseUrl } from '../parse-url.ts';
import { readAnswer } from '../read-answer.ts';
import type { DynamicsCaller } from './caller.ts';

/** A read of F&O. */
interface DynamicsRead {
  readonly operation: string;
  readonly url: string;
}

/** Reads the collections of one environment. */
export interface Reader {
  read<T>(schema: z.ZodType<T>, read: DynamicsRead): Promise<T>;
  /** Judges a `nextLink` that the page at `url` gave, and returns it as a URL; throws `unexpected` for a foreign one. */
  follow(nextLink: string, from: DynamicsRead): string;
  /** The error of an answer that is not what was asked for. */
  unexpected(operation: string, detail: string): RemoteError;
}

/** Makes the reader. Tokens go to `origin` alone: a link to anywhere else is refused before it is called. */
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
    async read(schema, read) {
      const answer = await call({ ...read, method: 'GET', headers: { prefer: `odata.maxpagesize=${pageSize}` } });
      return readAnswer(schema, answer, { system: 'dynamics', operation: read.operation });
    },
    follow(nextLink, from) {
      const url = parseUrl(nextLink, `${origin}/data/`);
      const own =
        url?.origin === origin && url.pathname.startsWith('/data/') && url.username === '' && url.password === '';
      if (url === undefined || !own) throw unexpected(from.operation, 'a link to the next page that leads elsewhere.');
      if (url.href === parseUrl(from.url)?.href)
        throw unexpected(from.operation, 'a link to the next page that leads to the same page.');
      return url.href;
    },
  };
}
