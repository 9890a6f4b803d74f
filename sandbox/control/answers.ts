/** A request to the control server that cannot be met, with the status to say so. */
export class ControlError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'ControlError';
    this.status = status;
  }
}

/** A call as a route sees it: the parts of the path that its pattern captures are decoded. */
export interface ControlCall {
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
  /** The parsed body; an empty object when there was none. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** One thing the control server can do. What `handle` returns, or resolves to, is the answer's JSON; undefined is a 204. */
export interface ControlRoute {
  readonly method: string;
  readonly pattern: RegExp;
  readonly handle: (call: ControlCall) => unknown;
}

/** A list as every list is answered. */
export function listOf<Item>(items: readonly Item[]): { readonly items: readonly Item[]; readonly total: number } {
  return { items, total: items.length };
}

/** What was found; throws a 404 for undefined. */
export function found<Item>(item: Item | undefined, what: string): Item {
  if (item === undefined) throw new ControlError(404, `There is no ${what}.`);
  return item;
}
