import type { Call, Result, Route } from './call.ts';
import { ok } from './call.ts';
import type { Feed, FeedPosition } from './change-feed.ts';
import { organizationShower } from './organization-routes.ts';
import { linkTo } from './pagination.ts';
import { invalidAttribute, parameterMissing, Refusal } from './refusal.ts';
import { ticketShower } from './ticket-wire.ts';
import type { Ticket } from './tickets.ts';
import { userShower } from './user-wire.ts';
import { wholeNumber } from './wire-input.ts';
import { nowS } from './wire-time.ts';

/**
 * The changes since a time (Zendesk docs, Incremental Exports): organizations by time only, the others also by cursor.
 */
export const INCREMENTAL_ROUTES: readonly Route[] = [
  exportRoute('organizations', (call) =>
    timePage(call, { name: 'organizations', feed: call.account.feeds.organizations, show: organizationShower(call) }),
  ),
  exportRoute('users', (call) =>
    timePage(call, { name: 'users', feed: call.account.feeds.users, show: userShower(call) }),
  ),
  exportRoute('tickets', (call) =>
    timePage(call, { name: 'tickets', feed: call.account.feeds.tickets, show: ticketShower(call) }),
  ),
  exportRoute('users/cursor', (call) =>
    cursorPage(call, { name: 'users', feed: call.account.feeds.users, show: userShower(call) }),
  ),
  exportRoute('tickets/cursor', (call) =>
    cursorPage(
      call,
      { name: 'tickets', feed: call.account.feeds.tickets, show: ticketShower(call) },
      isTicketShown(call),
    ),
  ),
];

interface Export<Row> {
  readonly name: string;
  readonly feed: Feed<Row>;
  readonly show: (row: Row) => object;
}

function exportRoute(path: string, page: (call: Call) => object): Route {
  const handle = (call: Call): Result => {
    const headers = call.account.limits.incremental();
    return ok(page(call), headers);
  };
  return {
    method: 'GET',
    pattern: `incremental/${path}`,
    operation: `incremental.${path.replace('/', '.')}`,
    access: 'admin',
    handle,
  };
}

/**
 * The next page starts with the last second of this page. So pages overlap, and an export never ends if one second has
 * more rows than a page (airbyte issue 31164). `next_page` is present even at the end of the stream.
 */
function timePage<Row>(call: Call, { name, feed, show }: Export<Row>): object {
  const startS = startTime(call);
  const size = pageSize(call);
  const { rows, last, isLast } = feed.page({ timeS: startS, id: -1 }, newestS(call) + 1, size);
  const endTime = last?.timeS ?? null;
  return {
    [name]: rows.map(show),
    count: rows.length,
    end_time: endTime,
    end_of_stream: isLast,
    next_page: endTime === null ? null : linkTo(call, { start_time: endTime }),
  };
}

/** The export contains deleted tickets unless the query excludes them. */
function isTicketShown({ query }: Call): (row: Ticket) => boolean {
  const hidesDeleted = query.get('exclude_deleted') === 'true';
  return ({ status }) => !hidesDeleted || status !== 'deleted';
}

function cursorPage<Row>(
  call: Call,
  { name, feed, show }: Export<Row>,
  isShown: (row: Row) => boolean = () => true,
): object {
  const cursor = call.query.get('cursor');
  const position = cursor === null ? { timeS: startTime(call), id: -1 } : positionOf(cursor);
  const { rows, last = position, isLast } = feed.page(position, newestS(call) + 1, pageSize(call));
  const after = `${last.timeS}.0||${last.id}`;
  const encoded = Buffer.from(after).toString('base64');
  return {
    [name]: rows.filter(isShown).map(show),
    after_url: linkTo(call, { cursor: encoded }),
    after_cursor: encoded,
    before_url: null,
    before_cursor: null,
    end_of_stream: isLast,
  };
}

function positionOf(cursor: string): FeedPosition {
  const [, timeS, id] = /^(\d+)\.0\|\|(-?\d+)$/.exec(Buffer.from(cursor, 'base64').toString('utf8')) ?? [];
  if (timeS === undefined || id === undefined)
    throw invalidAttribute('You passed an invalid value for the cursor attribute.');
  return { timeS: Number(timeS), id: Number(id) };
}

function startTime(call: Call): number {
  const startS = wholeNumber(call.query, 'start_time');
  if (startS === undefined) throw parameterMissing('start_time');
  if (startS <= newestS(call)) return startS;
  const description = 'Too recent start_time. Use a start_time older than 60 seconds';
  throw new Refusal(422, { error: 'InvalidValue', description });
}

function newestS({ account }: Call): number {
  return nowS(account.clock) - account.settings.exportExcludesNewestSeconds;
}

function pageSize(call: Call): number {
  return Math.min(call.account.settings.longestExportPage, Math.max(1, wholeNumber(call.query, 'per_page') ?? 1000));
}
