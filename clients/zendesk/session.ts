import type { z } from 'zod';
import { RemoteError, remoteError, type Bucket } from '../errors.ts';
import type { Http, HttpAnswer, HttpRequest } from '../http.ts';
import { member } from '../classify.ts';
import { parseUrl } from '../parse-url.ts';
import { readAnswer } from '../read-answer.ts';

/** A call to the Support API. `path` begins after `/api/v2/` and carries its query. */
interface ZendeskCall {
  readonly operation: string;
  readonly path: string;
  /** Limits besides the account's. */
  readonly buckets?: readonly Bucket[];
}

/** A call that writes. `repeatable` where sending it twice leaves the same behind; absent, it is taken not to be. */
interface ZendeskWrite extends ZendeskCall {
  readonly method: 'POST' | 'PUT' | 'PATCH';
  readonly json: object;
  readonly repeatable?: boolean;
}

/** An answer and when it was given, by Zendesk's clock: ISO-8601 UTC in whole seconds, null where Zendesk does not say. */
export interface Dated<T> {
  readonly body: T;
  readonly at: string | null;
}

/** Calls one Zendesk account with a bearer token. */
export interface ZendeskSession {
  get<T>(schema: z.ZodType<T>, call: ZendeskCall): Promise<T>;
  getDated<T>(schema: z.ZodType<T>, call: ZendeskCall): Promise<Dated<T>>;
  send<T>(schema: z.ZodType<T>, call: ZendeskWrite): Promise<T>;
  sendDated<T>(schema: z.ZodType<T>, call: ZendeskWrite): Promise<Dated<T>>;
  /** Removes what can be removed once only, so that sending it twice does no harm. */
  remove(call: ZendeskCall): Promise<void>;
  /** Reads a whole list, by cursor or by page number, whichever the answer carries; throws `unexpected` past 100 pages. */
  list<T>(schema: z.ZodType<readonly T[]>, call: ZendeskCall & { readonly pages: PageStyle }): Promise<readonly T[]>;
}

/** How a list is paged: `cursor` where the endpoint has it (asked for by `page[size]`), else by page number. */
type PageStyle = 'cursor' | 'number';

/** Zendesk refuses to go deeper than 100 numbered pages (Zendesk docs, Pagination). */
const MOST_PAGES = 100;

/** Gives the token to use; asked with one that Zendesk did not take, it gives another, or the same when there is no other. */
export type AccessToken = (rejected?: string) => Promise<string>;

/**
 * Makes the session. `accessToken` is asked before every request, so that a rotated token is taken up at once. Zendesk voids
 * the old token while others still use it, so what is turned away with 401 is asked once more with the next token.
 */
export function createSession(options: {
  readonly origin: string;
  readonly accessToken: AccessToken;
  readonly http: Http;
}): ZendeskSession {
  const { origin, accessToken, http } = options;

  const ask = (
    call: ZendeskCall & Pick<HttpRequest, 'method' | 'json' | 'repeatable'>,
    token: string,
  ): ReturnType<Http['request']> =>
    http.request({
      operation: call.operation,
      method: call.method,
      url: `${origin}/api/v2/${call.path}`,
      headers: { authorization: `Bearer ${token}` },
      json: call.json,
      buckets: ['account', ...(call.buckets ?? [])],
      ...(call.repeatable === undefined ? {} : { repeatable: call.repeatable }),
    });

  const request = async (call: Parameters<typeof ask>[0]): ReturnType<typeof ask> => {
    const token = await accessToken();
    try {
      return await ask(call, token);
    } catch (error) {
      if (!(error instanceof RemoteError) || error.kind !== 'unauthorized') throw error;
      const next = await accessToken(token);
      if (next === token) throw error;
      return ask(call, next);
    }
  };

  const getDated = async <T>(schema: z.ZodType<T>, call: ZendeskCall): Promise<Dated<T>> => {
    const answer = await request({ ...call, method: 'GET' });
    const body = readAnswer(schema, answer, { system: 'zendesk', operation: call.operation });
    return { body, at: dateOf(answer) };
  };
  const sendDated = async <T>(schema: z.ZodType<T>, call: ZendeskWrite): Promise<Dated<T>> => {
    const answer = await request(call);
    const body = readAnswer(schema, answer, { system: 'zendesk', operation: call.operation, write: true });
    return { body, at: dateOf(answer) };
  };

  return {
    get: async (schema, call) => (await getDated(schema, call)).body,
    getDated,
    send: async (schema, call) => (await sendDated(schema, call)).body,
    sendDated,
    async remove(call) {
      await request({ ...call, method: 'DELETE', repeatable: true });
    },
    async list(schema, call) {
      const items: (typeof schema)['_output'][number][] = [];
      let next: string | undefined = firstPage(call.pages);
      for (let pages = 0; next !== undefined; pages += 1) {
        if (pages === MOST_PAGES) {
          const detail = `a list of more than ${MOST_PAGES} pages.`;
          throw remoteError({ system: 'zendesk', operation: call.operation, kind: 'unexpected', detail });
        }
        const answer = await request({ ...call, path: withQuery(call.path, next), method: 'GET' });
        const found = readAnswer(schema, answer, { system: 'zendesk', operation: call.operation });
        items.push(...found);
        next = nextPage(answer.body, { pages: pages + 1, empty: found.length === 0 });
      }
      return items;
    },
  };
}

function dateOf({ headers }: HttpAnswer): string | null {
  const ms = Date.parse(headers['date'] ?? '');
  return Number.isNaN(ms) ? null : `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

const firstPage = (style: PageStyle): string => (style === 'cursor' ? 'page[size]=100' : 'per_page=100');

function withQuery(path: string, query: string): string {
  return `${path}${path.includes('?') ? '&' : '?'}${query}`;
}

/**
 * The query of the next page, built from the cursor or the number: the links themselves are not followed, since they may
 * name another host or port. A last page by cursor may be empty, so only `has_more` counts there.
 */
function nextPage(body: unknown, read: { readonly pages: number; readonly empty: boolean }): string | undefined {
  const meta = member(body, 'meta');
  if (meta !== undefined && meta !== null) {
    const cursor = member(meta, 'after_cursor');
    const more = member(meta, 'has_more') === true && typeof cursor === 'string' && cursor !== '';
    return more ? `page[size]=100&page[after]=${encodeURIComponent(cursor)}` : undefined;
  }
  const link = member(body, 'next_page');
  if (typeof link !== 'string' || link === '' || read.empty) return undefined;
  const number = parseUrl(link)?.searchParams.get('page') ?? String(read.pages + 1);
  return `per_page=100&page=${encodeURIComponent(number)}`;
}
