import type { Reply } from './exchange.ts';

/** The members of a page that lead to the next one. */
type Links = Readonly<Record<string, unknown>>;

/** The request for a page: the URL that the client used. */
interface PageRequest {
  readonly method: string;
  readonly origin: string;
  readonly path: string;
  readonly query: URLSearchParams;
}

/** The links and cursors that each list has given on the way to the page that is requested. */
export interface GivenLinks {
  /** Remembers the link of a page. */
  note(request: PageRequest, reply: Reply): void;
  /** Returns the page with an earlier link of the list instead of its own; unchanged if the list has given none. */
  rewind(request: PageRequest, reply: Reply, back: number): Reply;
}

/** Links that are remembered of each list. */
const MOST = 200;

/** Query parameters that say which page of a list is requested. */
const POSITION = /^(?:\$skip|\$top|\$skiptoken|page|per_page|page\[.*\]|cursor|start_time)$/;
/** Those of them that a request for a first page has, too. */
const OF_FIRST_PAGE = /^(?:\$top|per_page|page\[size\]|start_time)$/;

/** Creates an empty memory of links. */
export function createGivenLinks(): GivenLinks {
  const given = new Map<string, Links[]>();
  /** Returns the links up to the one that leads to this page. Later ones were given on another way. */
  const linksTo = (request: PageRequest, own: Links): Links[] => {
    const key = keyOf(request);
    const all = given.get(key) ?? [];
    const index = all.findIndex((links) => leadsTo(links, request));
    const known = index < 0 ? all : all.slice(0, index + 1);
    const links = index < 0 && isFirstPage(request) ? firstOf(own, request) : known;
    given.set(key, links);
    return links;
  };
  return {
    note(request, { status, body }) {
      if (request.method !== 'GET' || status !== 200) return;
      const own = linksIn(body);
      if (own === undefined) return;
      const links = linksTo(request, own);
      if (!links.some((other) => isSame(other, own))) links.push(own);
      if (links.length > MOST) links.shift();
    },
    rewind(request, reply, back) {
      const own = linksIn(reply.body);
      if (own === undefined) return reply;
      const earlier = linksTo(request, own).filter((links) => !isSame(links, own));
      const links = earlier.at(-back) ?? earlier[0];
      return links === undefined ? reply : { ...reply, body: { ...(reply.body as object), ...links } };
    },
  };
}

function keyOf({ path, query }: PageRequest): string {
  const others = [...query].filter(([name]) => !POSITION.test(name)).map(([name, value]) => `${name}=${value}`);
  return `${path}?${others.sort().join('&')}`;
}

function isFirstPage({ query }: PageRequest): boolean {
  return [...query.keys()].every((name) => !POSITION.test(name) || OF_FIRST_PAGE.test(name));
}

/**
 * A link of OData is a URL, so the URL of the first page is a link, too. A time-based export begins at a time like any
 * other. Cursors do not lead to a first page.
 */
function firstOf(own: Links, { origin, path, query }: PageRequest): Links[] {
  if ('end_time' in own) return [{ ...own, end_time: Number(query.get('start_time')) }];
  return '@odata.nextLink' in own ? [{ '@odata.nextLink': `${origin}${path}?${query.toString()}` }] : [];
}

/** Returns the members that lead to the next page; undefined if the page has none. */
function linksIn(body: unknown): Links | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const page = body as Links;
  if (typeof page['@odata.nextLink'] === 'string') return pick(page, ['@odata.nextLink']);
  if (typeof page['after_cursor'] === 'string') return pick(page, ['after_cursor', 'after_url']);
  if (typeof page['end_time'] === 'number') return pick(page, ['end_time', 'next_page']);
  if (typeof page['next_page'] === 'string') return pick(page, ['next_page']);
  const { meta } = page as { meta?: { after_cursor?: unknown; has_more?: unknown } };
  return meta?.has_more === true && typeof meta.after_cursor === 'string' ? pick(page, ['meta', 'links']) : undefined;
}

function pick(page: Links, names: readonly string[]): Links {
  return Object.fromEntries(names.map((name) => [name, page[name]]));
}

/** Links of a list that lead to the same page have the same text. */
function isSame(one: Links, other: Links): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Returns whether a link leads to a requested page. */
function leadsTo(links: Links, { query }: PageRequest): boolean {
  const { meta } = links as { meta?: { after_cursor?: string } };
  const asked = (name: string): string | null => query.get(name);
  const { after_cursor: cursor, end_time: time, '@odata.nextLink': link, next_page: page } = links;
  if (typeof cursor === 'string') return asked('cursor') === cursor;
  if (typeof time === 'number') return asked('start_time') === String(time);
  if (meta !== undefined) return asked('page[after]') === meta.after_cursor;
  if (typeof link === 'string') return ['$skip', '$skiptoken'].every((name) => queryOf(link).get(name) === asked(name));
  return typeof page === 'string' && queryOf(page).get('page') === asked('page');
}

function queryOf(url: string): URLSearchParams {
  return new URL(url).searchParams;
}
