/** Runs one piece of work after the other for each key, so that two requests about one connection cannot interleave. */
export type InTurn = <Result>(key: string, work: () => Promise<Result>) => Promise<Result>;

/** Builds the queue of turns of this process. */
export function createInTurn(): InTurn {
  const last = new Map<string, Promise<unknown>>();
  return async (key, work) => {
    const turn = (last.get(key) ?? Promise.resolve()).then(work, work);
    last.set(key, turn);
    try {
      return await turn;
    } finally {
      if (last.get(key) === turn) last.delete(key);
    }
  };
}
