/** An error with the status that the control server responds with. */
export class ControlError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'ControlError';
    this.status = status;
  }
}

/** A request to a route. `parts` are the decoded groups of the route's pattern. */
export interface ControlCall {
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
  /** The parsed body; an empty object when the request has none. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** A route of the control server. The result of `handle` is sent as JSON; undefined becomes a 204. */
export interface ControlRoute {
  readonly method: string;
  readonly pattern: RegExp;
  readonly handle: (call: ControlCall) => unknown;
}

/** Returns the response to a request for a list. */
export function listOf<Item>(items: readonly Item[]): { readonly items: readonly Item[]; readonly total: number } {
  return { items, total: items.length };
}

/** Returns an item that is not undefined. Throws a 404 for undefined. */
export function found<Item>(item: Item | undefined, what: string): Item {
  if (item === undefined) throw new ControlError(404, `There is no ${what}.`);
  return item;
}
