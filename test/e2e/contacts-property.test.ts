import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createRandomEdits, type RandomEdits } from '../fixtures/random-edits.ts';
import { createPeople, relaxZendeskLimitsForUsers, type People } from '../fixtures/people.ts';
import { createWorld, type World } from '../fixtures/world.ts';

/** Longer runs ask for more rounds; from so many on, bulk jobs are lost as well, each of which costs half a minute. */
const ROUNDS = Number(process.env['PROPERTY_ROUNDS'] ?? 3);
const ROUNDS_WITH_LOST_JOBS = 8;
const SEED = Number(process.env['PROPERTY_SEED'] ?? 20_261);

describe('contacts that are edited at random while faults strike', () => {
  let world: World;
  let people: People;
  let crowd: RandomEdits;

  beforeAll(async () => {
    world = await createWorld({ seed: 'empty' });
    people = createPeople(world);
    await relaxZendeskLimitsForUsers(world.sandbox);
    crowd = createRandomEdits(world, people, { seed: SEED, loseJobs: ROUNDS >= ROUNDS_WITH_LOST_JOBS });
    await crowd.enter();
    await people.connect(crowd.entities);
    await world.startWorker();
  });
  afterAll(() => world.close());

  it(
    'keep their users, primary addresses and the memberships that agents made, and differ in nothing after a run without faults',
    async () => {
      for (let round = 1; round <= ROUNDS; round += 1) {
        try {
          await playRound();
        } catch (error) {
          const where = `seed ${SEED}, round ${round} of ${ROUNDS}:\n${crowd.history().join('\n')}`;
          throw new Error(`${where}\n${error instanceof Error ? error.message : String(error)}`, { cause: error });
        }
      }
    },
    60_000 + ROUNDS * 60_000,
  );

  async function playRound(): Promise<void> {
    await crowd.edit();
    await crowd.addFaults();
    await world.sync(crowd.connectionId);
    await crowd.edit();
    await world.sandbox.control('DELETE', '/faults');
    const quiet = await world.sync(crowd.connectionId);
    expect([quiet.status, quiet.error]).toEqual(['completed', null]);
    expect(await crowd.findErrors()).toEqual([]);
    const { run, writes } = await people.observe(crowd.connectionId);
    expect([run.status, run.totals.created, run.totals.updated, run.totals.adopted]).toEqual(['completed', 0, 0, 0]);
    expect(writes.map(({ method, path, body }) => [method, path, body])).toEqual([]);
    expect(await people.mails()).toBe(0);
  }
});
