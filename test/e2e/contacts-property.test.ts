import { beforeAll, describe, expect, it } from '@jest/globals';
import { createRandomEdits } from '../fixtures/random-edits.ts';
import { createPeople } from '../fixtures/people.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

/** Set PROPERTY_ROUNDS for longer runs. From 8 rounds on, bulk jobs are also lost. Each lost job takes half a minute. */
const ROUNDS = Number(process.env['PROPERTY_ROUNDS'] ?? 3);
const ROUNDS_WITH_LOST_JOBS = 8;
const SEED = Number(process.env['PROPERTY_SEED'] ?? 20_261);

describe('contacts that are edited at random while requests fail', () => {
  const world = setUpWorld();
  const people = createPeople(world);
  const contacts = createRandomEdits(world, people, { seed: SEED, loseJobs: ROUNDS >= ROUNDS_WITH_LOST_JOBS });

  beforeAll(async () => {
    await contacts.enter();
    await people.connect(contacts.entities);
  });

  it(
    'keep their users, primary addresses and the memberships that agents made, and differ in nothing after a run without faults',
    async () => {
      for (let round = 1; round <= ROUNDS; round += 1) {
        try {
          await playRound();
        } catch (error) {
          const where = `seed ${SEED}, round ${round} of ${ROUNDS}:\n${contacts.history().join('\n')}`;
          throw new Error(`${where}\n${error instanceof Error ? error.message : String(error)}`, { cause: error });
        }
      }
    },
    60_000 + ROUNDS * 60_000,
  );

  async function playRound(): Promise<void> {
    await contacts.edit();
    await contacts.addFaults();
    await world.sync(contacts.connectionId);
    await contacts.edit();
    await world.sandbox.control('DELETE', '/faults');
    const quiet = await world.sync(contacts.connectionId);
    expect([quiet.status, quiet.error]).toEqual(['completed', null]);
    expect(await contacts.findErrors()).toEqual([]);
    const { run, writes } = await people.observe(contacts.connectionId);
    expect([run.status, run.totals.created, run.totals.updated, run.totals.adopted]).toEqual(['completed', 0, 0, 0]);
    expect(writes.map(({ method, path, body }) => [method, path, body])).toEqual([]);
    expect(await people.mails()).toBe(0);
  }
});
