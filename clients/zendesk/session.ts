import type { z } from 'zod';
import { RemoteError, remoteError, type Bucket } from '../errors.ts';
import type { Http, HttpResponse, HttpRequest } from '../http.ts';
import { member } from '../classify.ts';
import { inconsistentList } from '../inconsistent-list.ts';
import { parseUrl } from '../parse-url.ts';
import { readPages, type ReadList } from '../read-pages.ts';
import { readResponse } from '../read-response.ts';

/** A request to the Support API. `path` begins after `/api/v2/` and includes the query. */
interface ZendeskCall {
  readonly operation: string;
  readonly path: string;
  /** The limits that the request counts against, in addition to the account's. */
  readonly buckets?: readonly Bucket[];
}

/** A request that writes. `repeatable` means that it is idempotent; the default is false. */
interface ZendeskWrite extends ZendeskCall {
  readonly method: 'POST' | 'PUT' | 'PATCH';
  readonly json: object;
  readonly repeatable?: boolean;
}

/** A response and its time by Zendesk's clock: ISO-8601 UTC in whole seconds, null if Zendesk sent no date. */
export interface Dated<T> {
  readonly body: T;
  readonly at: string | null;
}

/** A session with one Zendesk account, authenticated with a bearer token. */
export interface ZendeskSession {
  get<T>(schema: z.ZodType<T>, call: ZendeskCall): Promise<T>;
  getDated<T>(schema: z.ZodType<T>, call: ZendeskCall): Promise<Dated<T>>;
  send<T>(schema: z.ZodType<T>, call: ZendeskWrite): Promise<T>;
  sendDated<T>(schema: z.ZodType<T>, call: ZendeskWrite): Promise<Dated<T>>;
  /** Sends a DELETE. It counts as repeatable, since a record can be deleted only once. */
  remove(call: ZendeskCall): Promise<void>;
  /**
   * Reads all pages of a list, by cursor or by page number as in the response. Throws `unexpected` after 100 pages, and
   * `inconsistent` if the pages contradict each other twice.
   */
  list<T>(schema: z.ZodType<readonly T[]>, call: ListCall): Promise<readonly T[]>;
  /** Reads at most `most` pages of a list. `isWhole` is true if there are no more. */
  firstPages<T>(schema: z.ZodType<readonly T[]>, call: ListCall, most: number): Promise<ReadList<T>>;
}

/** A request for a list. */
type ListCall = ZendeskCall & { readonly pages: PageStyle };

/** The pagination of a list: `cursor` if the endpoint supports it (`page[size]`), else by page number. */
type PageStyle = 'cursor' | 'number';

/** Zendesk returns at most 100 numbered pages (Zendesk docs, Pagination). */
const MAX_PAGES = 100;

/**
 * Returns the access token to use. Given a token that Zendesk rejected, it returns another one, or the same if there is
 * none.
 */
export type AccessToken = (rejected?: string) => Promise<string>;

/**
 * Creates the session. It calls `accessToken` before every request, so that it uses a rotated token at once. Zendesk
 * voids the old token while other requests still use it, so a request that fails with 401 is sent once more with the
 * next token.
 */
export function createSession(options: {
  readonly origin: string;
  readonly accessToken: AccessToken;
  readonly http: Http;
}): ZendeskSession {
  const { origin, accessToken, http } = options;

  const sendWith = (
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

  const request = async (call: Parameters<typeof sendWith>[0]): ReturnType<typeof sendWith> => {
    const token = await accessToken();
    try {
      return await sendWith(call, token);
    } catch (error) {
      if (!(error instanceof RemoteError) || error.kind !== 'unauthorized') throw error;
      const next = await accessToken(token);
      if (next === token) throw error;
      return sendWith(call, next);
    }
  };

  const getDated = async <T>(schema: z.ZodType<T>, call: ZendeskCall): Promise<Dated<T>> => {
    const response = await request({ ...call, method: 'GET' });
    const body = readResponse(schema, response, { system: 'zendesk', operation: call.operation });
    return { body, at: dateOf(response) };
  };
  const sendDated = async <T>(schema: z.ZodType<T>, call: ZendeskWrite): Promise<Dated<T>> => {
    const response = await request(call);
    const body = readResponse(schema, response, { system: 'zendesk', operation: call.operation, write: true });
    return { body, at: dateOf(response) };
  };

  const firstPages: ZendeskSession['firstPages'] = (schema, call, most) =>
    readPages({
      pages: most,
      contradictory: (why) => inconsistentList('zendesk', call.operation, why),
      async read(next = firstPage(call.pages)) {
        const response = await request({ ...call, path: withQuery(call.path, next), method: 'GET' });
        const items = readResponse(schema, response, { system: 'zendesk', operation: call.operation });
        const keys = keysOf(response.body);
        return { items, keys, next: nextPage(response.body, { after: next, empty: keys.length === 0 }) };
      },
    });

  return {
    get: async (schema, call) => (await getDated(schema, call)).body,
    getDated,
    send: async (schema, call) => (await sendDated(schema, call)).body,
    sendDated,
    async remove(call) {
      await request({ ...call, method: 'DELETE', repeatable: true });
    },
    firstPages,
    async list(schema, call) {
      const { items, isWhole } = await firstPages(schema, call, MAX_PAGES);
      if (isWhole) return items;
      const detail = `the list has more than ${MAX_PAGES} pages.`;
      throw remoteError({ system: 'zendesk', operation: call.operation, kind: 'unexpected', detail });
    },
  };
}

function dateOf({ headers }: HttpResponse): string | null {
  const ms = Date.parse(headers['date'] ?? '');
  return Number.isNaN(ms) ? null : `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

const firstPage = (style: PageStyle): string => (style === 'cursor' ? 'page[size]=100' : 'per_page=100');

function withQuery(path: string, query: string): string {
  return `${path}${path.includes('?') ? '&' : '?'}${query}`;
}

/**
 * Returns the query of the next page, built from the cursor or the page number. The links are not followed, because
 * they may name another host or port. With cursors, the last page may be empty, so only `has_more` is used.
 */
function nextPage(body: unknown, read: { readonly after: string; readonly empty: boolean }): string | undefined {
  const meta = member(body, 'meta');
  if (meta !== undefined && meta !== null) {
    const cursor = member(meta, 'after_cursor');
    const more = member(meta, 'has_more') === true && typeof cursor === 'string' && cursor !== '';
    return more ? `page[size]=100&page[after]=${encodeURIComponent(cursor)}` : undefined;
  }
  const link = member(body, 'next_page');
  if (typeof link !== 'string' || link === '' || read.empty) return undefined;
  const number = parseUrl(link)?.searchParams.get('page') ?? String(pageNumber(read.after) + 1);
  return `per_page=100&page=${encodeURIComponent(number)}`;
}

function pageNumber(query: string): number {
  return Number(new URLSearchParams(query).get('page') ?? 1);
}

/** Returns what identifies the rows of a page: their ids, or all they contain. */
function keysOf(body: unknown): readonly string[] {
  const lists = Object.values(typeof body === 'object' && body !== null ? body : {}).filter(Array.isArray);
  return lists.flat().map((row: unknown) => JSON.stringify(member(row, 'id') ?? row));
}
