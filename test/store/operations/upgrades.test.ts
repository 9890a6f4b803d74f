import { beforeEach, describe, expect, it } from '@jest/globals';
import { useConnectedStore } from '../../fixtures/connected-store.ts';
import { execute } from '../../fixtures/database.ts';

describe('an upgrade that interrupted workflows', () => {
  const at = useConnectedStore();
  beforeEach(() => execute(at.url, 'delete from upgrades'));

  const upgrade = (time: string) => execute(at.url, `insert into upgrades (at) values ('${time}')`);
  const EARLY = '2026-11-20T10:00:00Z';
  const LATE = '2026-11-21T10:00:00Z';

  /** Starts interrupted workflows again, and returns of which upgrades that was asked and what came of it. */
  async function restart(): Promise<{ times: string[]; isDone: boolean }> {
    const times: string[] = [];
    const isDone = await at.store.upgrades.restartInterrupted((time) => {
      times.push(time.toISOString());
      return Promise.resolve();
    });
    return { times, isDone };
  }

  it('is none on a new database', async () => {
    expect(await restart()).toEqual({ times: [], isDone: false });
  });

  it('has its workflows started again once', async () => {
    await upgrade(EARLY);
    expect(await restart()).toEqual({ times: ['2026-11-20T10:00:00.000Z'], isDone: true });
    expect(await restart()).toEqual({ times: [], isDone: false });
  });

  it('is started again with the one before it when both wait, by the time of the later one', async () => {
    await upgrade(EARLY);
    await upgrade(LATE);
    expect(await restart()).toEqual({ times: ['2026-11-21T10:00:00.000Z'], isDone: true });
    expect(await restart()).toEqual({ times: [], isDone: false });
  });

  it('waits for the next attempt when the workflows could not be started', async () => {
    await upgrade(EARLY);
    const failing = at.store.upgrades.restartInterrupted(() => Promise.reject(new Error('Temporal is away.')));
    await expect(failing).rejects.toThrow('Temporal is away.');
    expect(await restart()).toMatchObject({ isDone: true });
  });

  it('is handled by one of several workers that start at once, and the others wait until that is done', async () => {
    await upgrade(EARLY);
    const steps: string[] = [];
    const work = async (name: string): Promise<boolean> => {
      const isDone = await at.store.upgrades.restartInterrupted(async () => {
        steps.push('begun');
        await at.store.ping();
        steps.push('done');
      });
      steps.push(`${name} goes on`);
      return isDone;
    };
    const results = await Promise.all(['one', 'two', 'three'].map(work));
    expect(results.filter(Boolean)).toHaveLength(1);
    expect(steps.slice(0, 2)).toEqual(['begun', 'done']);
    expect(steps.filter((step) => step === 'begun')).toHaveLength(1);
  });
});
