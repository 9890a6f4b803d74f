/** What was asked of the store or of Temporal took too long for the sender to wait. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

/** Does work that a sender waits for; throws DeadlineError when it has not ended in time, whatever it still does then. */
export type InTime = <Result>(work: Promise<Result>) => Promise<Result>;

/** Those who wait, each as the way to send it away before its time is over. */
export type Waiting = Set<(reason: Error) => void>;

/** Begins the time that a sender waits: one limit for all that is done for one answer; until then it is among `waiting`. */
export function startWaiting(limitMs: number, waiting?: Waiting): InTime {
  const deadline = performance.now() + limitMs;
  return async (work) => {
    work.catch(() => undefined);
    let giveUp: (reason: Error) => void = () => undefined;
    const late = new Promise<never>((_resolve, reject) => {
      giveUp = reject;
    });
    const left = Math.max(1, deadline - performance.now());
    const timer = setTimeout(() => giveUp(new DeadlineError(`Not done within ${limitMs} ms.`)), left);
    waiting?.add(giveUp);
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
      waiting?.delete(giveUp);
    }
  };
}
