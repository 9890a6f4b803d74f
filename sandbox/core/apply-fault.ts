import { setTimeout as wait } from 'node:timers/promises';
import type { Reply } from './exchange.ts';
import { isJobAction } from './fault-actions.ts';
import { faultReply } from './fault-replies.ts';
import type { Faults, AppliedFault } from './faults.ts';

/** The outcome of a request: a response, which may be cut off, or no response at all. */
export interface Outcome {
  /** Undefined means that the connection is closed without a response. */
  readonly reply: Reply | undefined;
  readonly effect: boolean;
  readonly operation: string;
  /** The number of bytes of the body that are sent before the connection is closed. */
  readonly cutAtBytes?: number;
}

/** A request and the fault that applies to it. `operation` is used when the request does not reach its handler. */
export interface FaultyRequest {
  readonly fault: AppliedFault | undefined;
  readonly faults: Faults;
  readonly operation: string;
  /** The request's credentials and body, for a response that repeats them. */
  readonly sent: string;
}

/** Runs the handler of a request and applies the fault, if any. */
export async function applyFault(
  { fault, faults, operation, sent }: FaultyRequest,
  produce: () => Promise<Reply>,
): Promise<Outcome> {
  if (!fault || isJobAction(fault.action) || fault.action.kind === 'rewind') return outcomeOf(await produce());
  const { action, system } = fault;
  const notHandled = { effect: false, operation };
  switch (action.kind) {
    case 'storm':
      return { ...notHandled, reply: faultReply({ status: 429, system, sent, ...action }, operation) };
    case 'status': {
      const real = action.when === 'after' ? outcomeOf(await produce()) : notHandled;
      return { ...real, reply: faultReply({ system, sent, ...action }, real.operation) };
    }
    case 'cut':
      return { ...(action.when === 'after' ? outcomeOf(await produce()) : notHandled), reply: undefined };
    case 'truncate':
      return { ...outcomeOf(await produce()), cutAtBytes: action.bytes };
    case 'delay':
      return await withPause(action.when, () => wait(action.ms), produce);
    case 'hold':
      return await withPause(action.when, () => faults.released(fault.id), produce);
    default:
      return action satisfies never;
  }
}

async function withPause(
  when: 'before' | 'after',
  pause: () => Promise<void>,
  produce: () => Promise<Reply>,
): Promise<Outcome> {
  if (when === 'before') await pause();
  const outcome = outcomeOf(await produce());
  if (when === 'after') await pause();
  return outcome;
}

function outcomeOf(reply: Reply): Outcome {
  return { reply, effect: reply.effect ?? false, operation: reply.operation };
}
