import type { Clock } from './clock.ts';
import type { Fault, RetryAfter } from './fault-actions.ts';
import type { SystemName } from './journal.ts';
import type { Random } from './random.ts';

/** A fault that struck: a storm carries the one Retry-After that this request gets. */
export interface TakenFault extends Fault {
  readonly id: number;
}

/** A fault as listed, with how many requests it has struck. */
interface ListedFault extends Fault {
  readonly id: number;
  readonly struck: number;
}

/** The faults that lie in wait. The oldest one that matches a request strikes it, alone. */
export interface Faults {
  /** Throws a SyntaxError when `match.path` is no regular expression. */
  add(fault: Fault): { id: number };
  /** Removes a fault and releases what it holds; false when there was none. */
  remove(id: number): boolean;
  clear(): void;
  list(): ListedFault[];
  /** The fault that strikes this request, if any; taking it counts. */
  take(system: SystemName, method: string, path: string): TakenFault | undefined;
  /** Resolves when the fault is gone. */
  released(id: number): Promise<void>;
}

interface Armed {
  readonly id: number;
  readonly fault: Fault;
  readonly path: RegExp | undefined;
  skipped: number;
  struck: number;
  endsAtMs: number | undefined;
  readonly waiting: (() => void)[];
}

/** Makes an empty set of faults. */
export function createFaults({ clock, random }: { readonly clock: Clock; readonly random: Random }): Faults {
  const armed = new Map<number, Armed>();
  let lastId = 0;
  const remove = (id: number): boolean => {
    const found = armed.get(id);
    armed.delete(id);
    for (const release of found?.waiting ?? []) release();
    return found !== undefined;
  };
  return {
    add: (fault) => {
      const path = fault.match?.path === undefined ? undefined : new RegExp(fault.match.path);
      lastId += 1;
      armed.set(lastId, { id: lastId, fault, path, skipped: 0, struck: 0, endsAtMs: undefined, waiting: [] });
      return { id: lastId };
    },
    remove,
    clear: () => [...armed.keys()].forEach(remove),
    list: () => [...armed.values()].map(({ id, fault, struck }) => ({ ...fault, id, struck })),
    take: (system, method, path) => {
      for (const candidate of [...armed.values()]) {
        const taken = strike(candidate, { system, method, path, nowMs: clock.now().getTime(), random });
        if (isSpent(candidate, clock.now().getTime())) remove(candidate.id);
        if (taken) return taken;
      }
      return undefined;
    },
    released: (id) =>
      new Promise((resolve) => {
        const found = armed.get(id);
        if (found) found.waiting.push(resolve);
        else resolve();
      }),
  };
}

interface Attempt {
  readonly system: SystemName;
  readonly method: string;
  readonly path: string;
  readonly nowMs: number;
  readonly random: Random;
}

function strike(armed: Armed, attempt: Attempt): TakenFault | undefined {
  const { fault, id } = armed;
  if (!matches(armed, attempt) || isExhausted(armed) || isOver(armed, attempt.nowMs)) return undefined;
  if (armed.skipped < (fault.skip ?? 0)) {
    armed.skipped += 1;
    return undefined;
  }
  if (fault.chance !== undefined && attempt.random() >= fault.chance) return undefined;
  armed.struck += 1;
  if (fault.action.kind !== 'storm') return { ...fault, id };
  armed.endsAtMs ??= attempt.nowMs + fault.action.seconds * 1000;
  return { ...fault, id, action: { ...fault.action, retryAfter: inTurn(fault.action.retryAfter, armed.struck) } };
}

function matches({ fault, path }: Armed, attempt: Attempt): boolean {
  const method = fault.match?.method?.toUpperCase() ?? attempt.method;
  return fault.system === attempt.system && method === attempt.method && (path?.test(attempt.path) ?? true);
}

function inTurn(retryAfter: RetryAfter | readonly RetryAfter[] | undefined, strikes: number): RetryAfter {
  if (retryAfter === undefined) return 1;
  if (retryAfter === null || typeof retryAfter !== 'object') return retryAfter;
  return retryAfter[(strikes - 1) % retryAfter.length] ?? null;
}

function isExhausted({ fault, struck }: Armed): boolean {
  const times = fault.times === undefined && fault.action.kind !== 'storm' ? 1 : (fault.times ?? null);
  return times !== null && struck >= times;
}

function isOver({ endsAtMs }: Armed, nowMs: number): boolean {
  return endsAtMs !== undefined && nowMs >= endsAtMs;
}

/** A hold stays listed when it is exhausted: removing it is what lets its answers go. */
function isSpent(armed: Armed, nowMs: number): boolean {
  return isOver(armed, nowMs) || (isExhausted(armed) && armed.fault.action.kind !== 'hold');
}
