import type { Route } from './call.ts';

/** The route that matches a path, and the path's parameters. */
interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** Returns the route for a method and a raw path; undefined if there is none. */
export type Router = (method: string, path: string) => Match | undefined;

const PREFIX = '/api/v2/';

/** The newer services do not accept the suffix that the others ignore. */
const NO_SUFFIX = /^\/api\/v2\/webhooks\b.*\.json$/;

/** Creates a router. A literal segment takes precedence over a parameter, whatever the order of the routes. */
export function createRouter(routes: readonly Route[]): Router {
  const shapes = new Map<string, { route: Route; segments: string[] }[]>();
  for (const route of routes) {
    const segments = route.pattern.split('/');
    const key = shapeOf(route.method, segments);
    shapes.set(key, [...(shapes.get(key) ?? []), { route, segments }]);
  }
  for (const candidates of shapes.values())
    candidates.sort((a, b) => parametersIn(a.segments) - parametersIn(b.segments));
  // node-zendesk requests /api/v2//webhooks/test, so extra slashes are dropped.
  return (method, path) => {
    if (!path.startsWith(PREFIX) || NO_SUFFIX.test(path)) return undefined;
    const requested = path
      .slice(PREFIX.length)
      .replace(/^\/+/, '')
      .replace(/\.json$/, '')
      .split('/')
      .map(decode);
    for (const { route, segments } of shapes.get(shapeOf(method, requested)) ?? []) {
      const params = paramsOf(segments, requested);
      if (params) return { route, params };
    }
    return undefined;
  };
}

function shapeOf(method: string, segments: readonly string[]): string {
  return `${method} ${segments[0] ?? ''} ${segments.length}`;
}

function parametersIn(segments: readonly string[]): number {
  return segments.filter((segment) => segment.startsWith(':')).length;
}

function paramsOf(segments: readonly string[], requested: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [position, segment] of segments.entries()) {
    const given = requested[position] ?? '';
    if (segment.startsWith(':') && given !== '') params[segment.slice(1)] = given;
    else if (segment !== given) return undefined;
  }
  return params;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
