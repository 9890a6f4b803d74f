/** What was asked of the store or of Temporal took too long for the sender to wait. */
class Overdue extends Error {
  override readonly name = 'Overdue';
}

/** Does work that a sender waits for; throws Overdue when it has not ended in time, whatever it still does then. */
export type InTime = <Result>(work: Promise<Result>) => Promise<Result>;

/** Begins the time that a sender waits: one limit for all that is done for one answer. */
export function startWaiting(limitMs: number): InTime {
  const deadline = performance.now() + limitMs;
  return async (work) => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      const left = Math.max(1, deadline - performance.now());
      timer = setTimeout(() => reject(new Overdue(`Not done within ${limitMs} ms.`)), left);
    });
    work.catch(() => undefined);
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  };
}
