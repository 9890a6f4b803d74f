/** What was asked of the store or of Temporal took too long for the sender to wait. */
class Overdue extends Error {
  override readonly name = 'Overdue';
}

/** Does work that a sender waits for; throws Overdue when it has not ended within the limit, whatever it still does then. */
export async function within<Result>(limitMs: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Overdue(`Not done within ${limitMs} ms.`)), limitMs);
  });
  work.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
