/** The route of a path. Keys are percent-decoded; an undefined key cannot be decoded. */
export type Route =
  | { readonly kind: 'service' }
  | { readonly kind: 'csdl' }
  | { readonly kind: 'set'; readonly entitySet: string }
  | { readonly kind: 'count'; readonly entitySet: string }
  | { readonly kind: 'row'; readonly entitySet: string; readonly key: string | undefined }
  | {
      readonly kind: 'metadata';
      readonly resource: 'PublicEntities' | 'DataEntities' | 'PublicEnumerations';
      readonly name?: string;
    }
  | { readonly kind: 'none' };

const DATA_PATH = /^\/data\/(\w+)(?:\(([^/]*)\))?(\/\$count)?\/?$/;
const METADATA_PATH = /^\/metadata\/(PublicEntities|DataEntities|PublicEnumerations)(?:\((?:'|%27)(\w+)(?:'|%27)\))?$/;

/** Parses a percent-encoded path. */
export function routeOf(path: string): Route {
  if (/^\/data\/?$/.test(path)) return { kind: 'service' };
  if (/^\/data\/(\$|%24)metadata$/.test(path)) return { kind: 'csdl' };
  const [, resource, name] = METADATA_PATH.exec(path) ?? [];
  if (resource === 'PublicEntities' || resource === 'DataEntities' || resource === 'PublicEnumerations')
    return { kind: 'metadata', resource, ...(name === undefined ? {} : { name }) };
  const [, entitySet, key, count] = DATA_PATH.exec(path) ?? [];
  if (entitySet === undefined) return { kind: 'none' };
  if (count !== undefined) return key === undefined ? { kind: 'count', entitySet } : { kind: 'none' };
  return key === undefined ? { kind: 'set', entitySet } : { kind: 'row', entitySet, key: decoded(key) };
}

/** Returns the name of a request in the journal, such as `CustomersV3.patch`. */
export function operationOf(method: string, route: Route): string {
  switch (route.kind) {
    case 'service':
      return 'service_document';
    case 'csdl':
      return 'csdl';
    case 'metadata':
      return `metadata.${route.resource}`;
    case 'count':
      return `${route.entitySet}.count`;
    case 'set':
      return `${route.entitySet}.${method === 'POST' ? 'create' : 'list'}`;
    case 'row':
      return `${route.entitySet}.${method.toLowerCase()}`;
    case 'none':
      return 'unknown';
    default:
      return route satisfies never;
  }
}

function decoded(key: string): string | undefined {
  try {
    return decodeURIComponent(key);
  } catch {
    return undefined;
  }
}
