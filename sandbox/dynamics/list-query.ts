import type { EntityType, Property } from './entity-type.ts';
import type { Filter } from './filter.ts';
import { parseFilter } from './filter.ts';
import { badQuery, unknownProperty } from './refusal.ts';

/** One column of `$orderby`. */
export interface OrderColumn {
  readonly property: string;
  readonly descending: boolean;
}

/** The query options of a list request. */
export interface ListQuery {
  readonly filter: Filter | undefined;
  /** Undefined means all properties. */
  readonly select: readonly string[] | undefined;
  readonly orderBy: readonly OrderColumn[];
  readonly skip: number;
  readonly top: number | undefined;
  /** The number of rows that a list with $top has still to return. Only links of the server contain it. */
  readonly remaining: number | undefined;
  readonly count: boolean;
  readonly crossCompany: boolean;
}

const KNOWN_OPTIONS = ['$filter', '$select', '$orderby', '$skip', '$top', '$count', '$format', '$skiptoken', '$expand'];

/** Parses the query options of a list. Throws a 400 for options that F&O does not accept. */
export function parseListQuery(query: URLSearchParams, type: EntityType): ListQuery {
  for (const option of query.keys())
    if (option.startsWith('$') && !KNOWN_OPTIONS.includes(option))
      throw badQuery(`The query parameter '${option}' is not supported.`);
  const expanded = query.get('$expand');
  if (expanded !== null) throw unknownProperty(expanded.replace(/[(,].*$/s, ''), type);
  const filter = query.get('$filter');
  return {
    filter: filter === null ? undefined : parseFilter(filter, type),
    select: selectOf(query, type),
    orderBy: listOf(query, '$orderby').map((item) => orderColumn(item, type)),
    skip: wholeNumber(query, '$skip') ?? 0,
    top: wholeNumber(query, '$top'),
    remaining: wholeNumber(query, '$skiptoken'),
    count: query.get('$count') === 'true',
    crossCompany: isCrossCompany(query),
  };
}

/** Returns the selected properties; undefined for all. Throws a 400 when one is unknown. */
export function selectOf(query: URLSearchParams, type: EntityType): readonly string[] | undefined {
  const names = listOf(query, '$select');
  if (names.length === 0 || names.includes('*')) return undefined;
  return names.map((name) => requireProperty(name, type).name);
}

/** Returns whether the request covers all companies instead of the user's default company. */
export function isCrossCompany(query: URLSearchParams): boolean {
  return query.get('cross-company')?.toLowerCase() === 'true';
}

function orderColumn(item: string, type: EntityType): OrderColumn {
  const [name = '', direction = 'asc', ...rest] = item.split(/\s+/);
  if (rest.length > 0 || !['asc', 'desc'].includes(direction))
    throw badQuery(`Syntax error in the order by '${item}'.`);
  return { property: requireProperty(name, type).name, descending: direction === 'desc' };
}

function requireProperty(name: string, type: EntityType): Property {
  const property = type.properties.get(name);
  if (!property) throw unknownProperty(name, type);
  return property;
}

function listOf(query: URLSearchParams, option: string): string[] {
  const items = (query.get(option) ?? '').split(',').map((item) => item.trim());
  return items.filter((item) => item !== '');
}

function wholeNumber(query: URLSearchParams, option: string): number | undefined {
  const text = query.get(option);
  if (text === null) return undefined;
  if (!/^\d+$/.test(text)) throw badQuery(`Invalid value '${text}' for ${option} query option found.`);
  return Number(text);
}
