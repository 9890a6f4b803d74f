import { setTimeout as wait } from 'node:timers/promises';
import type { Reply } from './exchange.ts';
import { isJobAction } from './fault-actions.ts';
import { faultReply } from './fault-replies.ts';
import type { Faults, TakenFault } from './faults.ts';

/** What becomes of a request: an answer, perhaps cut short, or no answer at all. */
export interface Outcome {
  /** Undefined: the connection is cut without an answer. */
  readonly reply: Reply | undefined;
  readonly effect: boolean;
  readonly operation: string;
  /** How many bytes of the body are sent before the connection is cut. */
  readonly cutAtBytes?: number;
}

/** Which fault strikes, and what the request is called should it never reach its handler. */
export interface Blow {
  readonly fault: TakenFault | undefined;
  readonly faults: Faults;
  readonly operation: string;
  /** The request's credentials and body, for an answer that repeats them. */
  readonly sent: string;
}

/** Runs a request's handler with the fault, if any, around it. */
export async function strike(
  { fault, faults, operation, sent }: Blow,
  produce: () => Promise<Reply>,
): Promise<Outcome> {
  if (!fault || isJobAction(fault.action)) return answered(await produce());
  const { action, system } = fault;
  const unreached = { effect: false, operation };
  switch (action.kind) {
    case 'storm':
      return { ...unreached, reply: faultReply({ status: 429, system, sent, ...action }, operation) };
    case 'status': {
      const real = action.when === 'after' ? answered(await produce()) : unreached;
      return { ...real, reply: faultReply({ system, sent, ...action }, real.operation) };
    }
    case 'cut':
      return { ...(action.when === 'after' ? answered(await produce()) : unreached), reply: undefined };
    case 'truncate':
      return { ...answered(await produce()), cutAtBytes: action.bytes };
    case 'delay':
      return await paused(action.when, () => wait(action.ms), produce);
    case 'hold':
      return await paused(action.when, () => faults.released(fault.id), produce);
    default:
      return action satisfies never;
  }
}

async function paused(
  when: 'before' | 'after',
  pause: () => Promise<void>,
  produce: () => Promise<Reply>,
): Promise<Outcome> {
  if (when === 'before') await pause();
  const outcome = answered(await produce());
  if (when === 'after') await pause();
  return outcome;
}

function answered(reply: Reply): Outcome {
  return { reply, effect: reply.effect ?? false, operation: reply.operation };
}
