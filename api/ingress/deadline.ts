/** Thrown when the store or Temporal did not respond within the time that the sender waits. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

/** Waits for work until the deadline, then throws DeadlineError. The work itself is not cancelled. */
export type WithDeadline = <Result>(work: Promise<Result>) => Promise<Result>;

/** The requests that are waiting: for each, a function that ends the wait early with an error. */
export type PendingRequests = Set<(reason: Error) => void>;

/**
 * Starts one deadline for all work of a response. While work is waited for, it can be ended early through `pending`.
 */
export function startDeadline(limitMs: number, pending?: PendingRequests): WithDeadline {
  const deadline = performance.now() + limitMs;
  return async (work) => {
    work.catch(() => undefined);
    let cancel: (reason: Error) => void = () => undefined;
    const timeout = new Promise<never>((_resolve, reject) => {
      cancel = reject;
    });
    const remainingMs = Math.max(1, deadline - performance.now());
    const timer = setTimeout(() => cancel(new DeadlineError(`No response within ${limitMs} ms.`)), remainingMs);
    pending?.add(cancel);
    try {
      return await Promise.race([work, timeout]);
    } finally {
      clearTimeout(timer);
      pending?.delete(cancel);
    }
  };
}
