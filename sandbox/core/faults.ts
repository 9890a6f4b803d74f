import type { Clock } from './clock.ts';
import type { Fault, RetryAfter } from './fault-actions.ts';
import type { SystemName } from './journal.ts';
import type { Random } from './random.ts';

/** A fault that applies to a request. The action of a storm has the one Retry-After of this request. */
export interface AppliedFault extends Fault {
  readonly id: number;
}

/** A fault in a list. `struck` is the number of requests to which it has applied. */
interface ListedFault extends Fault {
  readonly id: number;
  readonly struck: number;
}

/** The faults to inject. Only the oldest one that matches applies to a request. */
export interface Faults {
  /** Throws a SyntaxError when `match.path` is not a regular expression. */
  add(fault: Fault): { id: number };
  /** Removes a fault and releases the requests that it holds. Returns false when there is no such fault. */
  remove(id: number): boolean;
  clear(): void;
  list(): ListedFault[];
  /** Returns the fault that applies to this request, if any, and counts it. */
  take(system: SystemName, method: string, path: string): AppliedFault | undefined;
  /** Resolves when the fault is removed. */
  released(id: number): Promise<void>;
}

interface ActiveFault {
  readonly id: number;
  readonly fault: Fault;
  readonly path: RegExp | undefined;
  skipped: number;
  applied: number;
  endsAtMs: number | undefined;
  readonly waiting: (() => void)[];
}

/** Creates an empty set of faults. */
export function createFaults({ clock, random }: { readonly clock: Clock; readonly random: Random }): Faults {
  const active = new Map<number, ActiveFault>();
  let lastId = 0;
  const remove = (id: number): boolean => {
    const found = active.get(id);
    active.delete(id);
    for (const release of found?.waiting ?? []) release();
    return found !== undefined;
  };
  return {
    add: (fault) => {
      const path = fault.match?.path === undefined ? undefined : new RegExp(fault.match.path);
      lastId += 1;
      active.set(lastId, { id: lastId, fault, path, skipped: 0, applied: 0, endsAtMs: undefined, waiting: [] });
      return { id: lastId };
    },
    remove,
    clear: () => [...active.keys()].forEach(remove),
    list: () => [...active.values()].map(({ id, fault, applied }) => ({ ...fault, id, struck: applied })),
    take: (system, method, path) => {
      for (const candidate of [...active.values()]) {
        const taken = tryApply(candidate, { system, method, path, nowMs: clock.now().getTime(), random });
        if (isSpent(candidate, clock.now().getTime())) remove(candidate.id);
        if (taken) return taken;
      }
      return undefined;
    },
    released: (id) =>
      new Promise((resolve) => {
        const found = active.get(id);
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

function tryApply(active: ActiveFault, attempt: Attempt): AppliedFault | undefined {
  const { fault, id } = active;
  if (!matches(active, attempt) || isExhausted(active) || isOver(active, attempt.nowMs)) return undefined;
  if (active.skipped < (fault.skip ?? 0)) {
    active.skipped += 1;
    return undefined;
  }
  if (fault.chance !== undefined && attempt.random() >= fault.chance) return undefined;
  active.applied += 1;
  if (fault.action.kind !== 'storm') return { ...fault, id };
  active.endsAtMs ??= attempt.nowMs + fault.action.seconds * 1000;
  return { ...fault, id, action: { ...fault.action, retryAfter: inTurn(fault.action.retryAfter, active.applied) } };
}

function matches({ fault, path }: ActiveFault, attempt: Attempt): boolean {
  const method = fault.match?.method?.toUpperCase() ?? attempt.method;
  return fault.system === attempt.system && method === attempt.method && (path?.test(attempt.path) ?? true);
}

function inTurn(retryAfter: RetryAfter | readonly RetryAfter[] | undefined, applied: number): RetryAfter {
  if (retryAfter === undefined) return 1;
  if (retryAfter === null || typeof retryAfter !== 'object') return retryAfter;
  return retryAfter[(applied - 1) % retryAfter.length] ?? null;
}

function isExhausted({ fault, applied }: ActiveFault): boolean {
  const times = fault.times === undefined && fault.action.kind !== 'storm' ? 1 : (fault.times ?? null);
  return times !== null && applied >= times;
}

function isOver({ endsAtMs }: ActiveFault, nowMs: number): boolean {
  return endsAtMs !== undefined && nowMs >= endsAtMs;
}

/** A hold stays in the list when it is exhausted, because its requests are released by removing it. */
function isSpent(active: ActiveFault, nowMs: number): boolean {
  return isOver(active, nowMs) || (isExhausted(active) && active.fault.action.kind !== 'hold');
}
