import type { z } from 'zod';
import type { TokenSource } from '../entra/tokens.ts';
import { farSystemError, FarSystemError } from '../errors.ts';
import type { Http, HttpAnswer } from '../http.ts';
import type { AdviceNames } from '../judge.ts';
import { parseUrl } from '../parse-url.ts';
import { readAnswer } from '../read-answer.ts';

/** A read of F&O. */
interface DynamicsRead {
  readonly operation: string;
  readonly url: string;
  readonly signal?: AbortSignal | undefined;
}

/** Reads from one environment with a token that is renewed once when F&O rejects it. */
export interface Reader {
  read<T>(schema: z.ZodType<T>, read: DynamicsRead): Promise<T>;
  /** Judges a `nextLink` that the page at `url` gave, and returns it as a URL; throws `unexpected` for a foreign one. */
  follow(nextLink: string, from: DynamicsRead): string;
  /** The error of an answer that is not what was asked for. */
  unexpected(operation: string, detail: string): FarSystemError;
}

/** Makes the reader. Tokens go to `origin` alone: a link to anywhere else is refused before it is called. */
export function createReader(options: {
  readonly origin: string;
  readonly tokens: TokenSource;
  readonly http: Http;
  readonly pageSize: number;
  /** What an advice about a failure may name. */
  readonly names?: AdviceNames;
}): Reader {
  const { origin, tokens, http, pageSize, names = {} } = options;
  const unexpected = (operation: string, detail: string): FarSystemError =>
    farSystemError({ system: 'dynamics', operation, kind: 'unexpected', detail });

  const get = (read: DynamicsRead, token: string): Promise<HttpAnswer> =>
    http.request({
      operation: read.operation,
      method: 'GET',
      url: read.url,
      signal: read.signal,
      buckets: ['account'],
      names,
      headers: { authorization: `Bearer ${token}`, prefer: `odata.maxpagesize=${pageSize}` },
    });

  return {
    unexpected,
    async read(schema, read) {
      const token = await tokens.token();
      const answer = await get(read, token).catch(async (error: unknown) => {
        const rejected = error instanceof FarSystemError && error.system === 'dynamics' && error.status === 401;
        if (!rejected) throw error;
        return get(read, await tokens.token({ fresh: true, rejected: token }));
      });
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
