import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ReadingsWorld, SMALL_PAGES, type PagedReading } from '../fixtures/paged-readings.ts';
import { printMeasurement } from '../fixtures/print-measurement.ts';
import { createRandom } from '../fixtures/random-choices.ts';
import { useStepTests } from '../fixtures/step-context.ts';

/** Random lies, in addition to one of each reading. */
const LIES = Number(process.env['READING_LIES'] ?? 30);
const SEED = Number(process.env['READING_SEED'] ?? 20_261);

/** A lie: of which page the link is replaced, by the link how far back, and whether all later ones are replaced, too. */
interface Lie {
  readonly skip: number;
  readonly back: number;
  readonly times: number | null;
}

interface Told {
  readonly requests: number;
  readonly found: number | 'failed';
}

describe('readings of which a link or cursor is replaced by an earlier one', () => {
  const at = useStepTests();
  const world = new ReadingsWorld(at);
  const clean = new Map<string, Told>();

  beforeAll(() => world.create(), 120_000);
  beforeEach(async () => {
    for (const [system, settings] of Object.entries(SMALL_PAGES))
      await at.sandbox.control('PATCH', `/settings/${system}`, settings);
    await at.sandbox.control('DELETE', '/faults');
  });

  async function tell(reading: PagedReading, lie?: Lie): Promise<Told> {
    await at.sandbox.control('DELETE', '/faults');
    const { system, path } = reading;
    if (lie !== undefined) {
      const { back, ...fault } = lie;
      await at.sandbox.control('POST', '/faults', {
        system,
        match: { path },
        ...fault,
        action: { kind: 'rewind', back },
      });
    }
    const { result, entries } = await at.observe(() => reading.read().catch((error: unknown) => failureOf(error)));
    const requests = entries.filter((entry) => entry.system === system && new RegExp(path).test(entry.path)).length;
    return { requests, found: result };
  }

  /** Returns "failed" for the failure by its name, and throws any other one. */
  function failureOf(error: unknown): 'failed' {
    expect(error).toMatchObject(
      error instanceof Error && 'kind' in error ? { kind: 'inconsistent' } : { type: 'reading_inconsistent' },
    );
    return 'failed';
  }

  async function check(reading: PagedReading, lie: Lie): Promise<Told> {
    const { name } = reading;
    const expected = clean.get(name) ?? (await tell(reading));
    clean.set(name, expected);
    const told = await tell(reading, lie);
    const where = `${name} with ${JSON.stringify(lie)}, ${expected.requests} requests without it`;
    if (told.found !== 'failed' || lie.times === 1) expect([where, told.found]).toEqual([where, expected.found]);
    if (told.requests > 2 * expected.requests) expect([where, told.requests]).toEqual([where, 2 * expected.requests]);
    return told;
  }

  it('are complete if it happens once, and fail by their name if it happens again', async () => {
    for (const reading of world.readings()) {
      await check(reading, { skip: 1, back: 99, times: 1 });
      expect([reading.name, await check(reading, { skip: 1, back: 1, times: null })]).toMatchObject([
        ...[reading.name, { found: 'failed' }],
      ]);
      expect(clean.get(reading.name)?.requests).toBeGreaterThan(2);
    }
  }, 120_000);

  it(`never have fewer records, nor take more than twice the requests (${LIES} lies, seed ${SEED})`, async () => {
    const random = createRandom(SEED);
    const readings = world.readings();
    const failed: string[] = [];
    for (let no = 0; no < LIES; no += 1) {
      const reading = readings[random(readings.length)];
      if (reading === undefined) throw new Error('There is no such reading.');
      const pages = clean.get(reading.name)?.requests ?? 4;
      const lie = { skip: random(pages), back: 1 + random(4), times: random(3) === 0 ? null : 1 };
      if ((await check(reading, lie)).found === 'failed') failed.push(reading.name);
    }
    printMeasurement(`${LIES} lies with seed ${SEED}: ${failed.length} readings failed, the others were complete`);
  }, 1_200_000);
});
