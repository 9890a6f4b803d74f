import type { Reply, SandboxRequest } from '../core/exchange.ts';
import type { Random } from '../core/random.ts';
import type { Tokens } from '../entra/tokens.ts';
import { CHALLENGE, requireAuthorized } from './authorization.ts';
import { csdlOf } from './csdl.ts';
import type { EntityType } from './entity-type.ts';
import { readEntitySet, readRow } from './reads.ts';
import type { BusinessEvents } from './events/business-events.ts';
import { INITIATORS } from './events/business-events.ts';
import { parseMetadataFilter, readMetadata } from './metadata.ts';
import { parseKey } from './key-predicate.ts';
import { isCrossCompany } from './list-query.ts';
import { badQuery, notAuthorized, Refusal } from './refusal.ts';
import { rowToWire } from './row-wire.ts';
import type { RowTable } from './row-table.ts';
import type { Route } from './routes.ts';
import { operationOf, routeOf } from './routes.ts';
import type { DynamicsSettings } from './settings.ts';
import type { DynamicsState } from './state.ts';
import { badBody } from './write-values.ts';
import type { WriteContext } from './writes.ts';
import { createRow, deleteRow, patchRow } from './writes.ts';

/** The state, settings and tokens of the environment. */
export interface Environment {
  readonly tokens: Tokens;
  readonly settings: DynamicsSettings;
  readonly state: DynamicsState;
  readonly random: Random;
  readonly events: Pick<BusinessEvents, 'initiator'>;
}

/** The result of a request, without the common headers. */
export interface Result {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly effect?: boolean;
}

/** Handles one request to the environment. */
export function handle(environment: Environment, request: SandboxRequest): Reply {
  const route = routeOf(request.path);
  const operation = operationOf(request.method, route);
  const result = resultOf(environment, request, route);
  const type = typeof result.body === 'object' ? { 'content-type': JSON_TYPE } : {};
  return { ...result, headers: { 'odata-version': '4.0', ...type, ...result.headers }, operation };
}

const XML_TYPE = 'application/xml; charset=utf-8';
const JSON_TYPE = 'application/json; odata.metadata=minimal; odata.streaming=true; charset=utf-8';

function resultOf(environment: Environment, request: SandboxRequest, route: Route): Result {
  try {
    requireAuthorized(request.headers.authorization, { ...environment, origin: originOf(request) });
    return dispatch(environment, request, route);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { status, body } = error;
    const page = typeof body === 'string' ? { 'content-type': 'text/html; charset=utf-8' } : {};
    return { status, body, headers: { ...page, ...(status === 401 ? { 'www-authenticate': CHALLENGE } : {}) } };
  }
}

function dispatch(environment: Environment, request: SandboxRequest, route: Route): Result {
  const { settings, state } = environment;
  const origin = originOf(request);
  if (route.kind === 'none') throw noRoute(request);
  if (route.kind === 'service') {
    if (request.method !== 'GET') throw noMethod(request);
    const sets = state.tables().map(({ type: { entitySet: name } }) => ({ name, kind: 'EntitySet', url: name }));
    return { status: 200, body: { '@odata.context': `${origin}/data/$metadata`, value: sets } };
  }
  if (route.kind === 'csdl') {
    if (request.method !== 'GET') throw noMethod(request);
    return { status: 200, body: csdlOf(typesOf(environment)), headers: { 'content-type': XML_TYPE } };
  }
  if (route.kind === 'metadata') {
    if (request.method !== 'GET') throw noMethod(request);
    const { resource, name } = route;
    const filter = parseMetadataFilter(request.query.get('$filter') ?? '');
    if (request.query.has('$filter') && !filter)
      throw badQuery('The sandbox supports only a filter of the form "Name eq \'text\'".');
    if (settings.metadataDenied) throw new Refusal(403, { Message: 'Access is denied.' });
    const body = readMetadata({ resource, name, filter }, typesOf(environment), settings);
    if (body === undefined) throw noRoute(request);
    return { status: 200, body };
  }
  const table = state.table(route.entitySet);
  if (!table) throw noRoute(request);
  if (request.method === 'GET') {
    if (isListed(settings.deniedEntitySets, table)) throw notAuthorized('read', table.type);
    const base = `${origin}/data/${table.type.entitySet}`;
    const offered = { ...table, type: offeredType(table.type, settings) };
    if (route.kind === 'row') return readRow(offered, keyOf(route, table), { environment, request, base });
    return readEntitySet(offered, { environment, request, base }, route.kind === 'count');
  }
  environment.events.initiator = INITIATORS.app;
  try {
    return write({ environment, request, route }, table);
  } finally {
    environment.events.initiator = INITIATORS.person;
  }
}

function typesOf({ state, settings }: Environment): readonly EntityType[] {
  return state.tables().map(({ type }) => offeredType(type, settings));
}

/** Returns a type without the properties that this version of the environment does not have. */
function offeredType(type: EntityType, { missingProperties }: DynamicsSettings): EntityType {
  const isOffered = (name: string): boolean => !missingProperties.includes(`${type.name}.${name}`);
  return { ...type, properties: new Map([...type.properties].filter(([name]) => isOffered(name))) };
}

interface WriteRequest {
  readonly environment: Environment;
  readonly request: SandboxRequest;
  readonly route: Route;
}

function write({ environment, request, route }: WriteRequest, table: RowTable): Result {
  const { settings, state } = environment;
  const { method } = request;
  if (route.kind !== (method === 'POST' ? 'set' : 'row')) throw noMethod(request);
  const verb = WRITE_VERBS.get(method);
  if (verb === undefined) throw noMethod(request);
  const records = state.recordsOf(table);
  if (!records || isListed([...settings.readOnlyEntitySets, ...settings.deniedEntitySets], table))
    throw notAuthorized(verb, table.type);
  const context: WriteContext = { records, companies: state.companies(), settings };
  if (request.malformed) throw badBody('Invalid JSON. An unexpected token was found.');
  if (route.kind !== 'row') return created(table, createRow(context, request.body), originOf(request));
  const key = keyOf(route, table);
  const keyed = { key, crossCompany: isCrossCompany(request.query), ifMatch: request.headers['if-match'] };
  if (verb === 'delete') deleteRow(context, keyed);
  else patchRow(context, keyed, request.body);
  return { status: 204, effect: true };
}

/** PUT merges like PATCH (live responses). */
const WRITE_VERBS: ReadonlyMap<string, 'create' | 'update' | 'delete'> = new Map([
  ['POST', 'create'],
  ['PATCH', 'update'],
  ['PUT', 'update'],
  ['DELETE', 'delete'],
] as const);

function created(table: RowTable, row: ReturnType<typeof createRow>, origin: string): Result {
  const context = { '@odata.context': `${origin}/data/$metadata#${table.type.entitySet}/$entity` };
  return { status: 201, body: { ...context, ...rowToWire(table, row, undefined) }, effect: true };
}

function keyOf({ key }: Extract<Route, { kind: 'row' }>, { type }: RowTable): ReturnType<typeof parseKey> {
  if (key === undefined) throw badQuery('The URL is not well encoded.');
  return parseKey(key, type);
}

function isListed(entitySets: readonly string[], { type }: RowTable): boolean {
  return entitySets.includes(type.entitySet);
}

/** Returns the origin that the client used. Tokens must be for it, and links lead to it. */
function originOf({ origin }: SandboxRequest): string {
  return origin;
}

function noRoute({ path, origin }: SandboxRequest): Refusal {
  const uri = `${origin}${path}`;
  return new Refusal(404, { Message: `No HTTP resource was found that matches the request URI '${uri}'.` });
}

function noMethod({ method }: SandboxRequest): Refusal {
  return new Refusal(405, { Message: `The requested resource does not support http method '${method}'.` });
}
