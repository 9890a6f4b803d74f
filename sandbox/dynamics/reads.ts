import type { SandboxRequest } from '../core/exchange.ts';
import type { RowKey } from './key-predicate.ts';
import { isCrossCompany, parseListQuery, selectOf } from './list-query.ts';
import { matchingRows, visibleTo } from './listing.ts';
import { cutPage, nextLink, pageSizeOf } from './paging.ts';
import type { Random } from '../core/random.ts';
import { nullReference, Refusal } from './refusal.ts';
import { ownKeyOf } from './entity-type.ts';
import { rowToWire } from './row-wire.ts';
import type { Row, RowTable } from './row-table.ts';
import type { DynamicsSettings } from './settings.ts';

/** The context of a read. */
export interface ReadContext {
  readonly environment: { readonly settings: DynamicsSettings; readonly random: Random };
  readonly request: SandboxRequest;
  /** The entity set's own URL. */
  readonly base: string;
}

/** The result of a read. */
export interface ReadResult {
  readonly status: number;
  readonly body: unknown;
}

/** Returns one page of a list, or the number of its rows as text. */
export function readEntitySet(table: RowTable, context: ReadContext, countOnly: boolean): ReadResult {
  const { environment, request, base } = context;
  const { settings } = environment;
  const query = parseListQuery(request.query, table.type);
  const rows = matchingRows(table, query, environment);
  if (countOnly) return { status: 200, body: String(rows.length) };
  const pageSize = pageSizeOf(request.headers['prefer']?.toString(), settings);
  const page = cutPage(rows, { query, pageSize }, settings);
  const linkBase = settings.foreignNextLink === null ? base : base.replace(/^\w+:\/\/[^/]+/, settings.foreignNextLink);
  const body = {
    '@odata.context': contextOf(base),
    ...(query.count ? { '@odata.count': rows.length } : {}),
    value: page.rows.map((row) => served(table, row, { select: query.select, settings })),
    ...(page.next ? { '@odata.nextLink': nextLink(linkBase, request.query, page.next) } : {}),
  };
  return { status: 200, body };
}

/** Returns one row by key; 404 when it does not exist or is out of scope (live responses; the body is not known). */
export function readRow(table: RowTable, key: RowKey, { environment, request, base }: ReadContext): ReadResult {
  const select = selectOf(request.query, table.type);
  const row = table.get(key.company, key.key);
  const isVisible = visibleTo(table, isCrossCompany(request.query), environment.settings);
  if (!row || !isVisible(row)) throw new Refusal(404, undefined);
  const context = { '@odata.context': `${contextOf(base)}/$entity` };
  return { status: 200, body: { ...context, ...served(table, row, { select, settings: environment.settings }) } };
}

/** Returns a row in JSON. Throws a 500 for one that cannot be read. */
function served(
  table: RowTable,
  row: Row,
  { select, settings }: { select: readonly string[] | undefined; settings: DynamicsSettings },
): object {
  const wire = rowToWire(table, row, select);
  const defect = settings.unreadableRecords[`${row.company}/${row.key}`];
  const others = Object.keys(wire).filter(
    (name) => !['@odata.etag', 'dataAreaId', ownKeyOf(table.type)].includes(name),
  );
  const [first] = others;
  if (defect === undefined || first === undefined) return wire;
  if (defect === 'fails') throw nullReference();
  return { ...wire, [first]: { value: wire[first] } };
}

function contextOf(base: string): string {
  return base.replace(/\/(\w+)$/, '/$metadata#$1');
}
