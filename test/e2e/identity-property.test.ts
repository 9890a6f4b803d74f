import { describe, it } from '@jest/globals';
import { IdentityHistory } from '../fixtures/identity-history.ts';
import { printMeasurement } from '../fixtures/print-measurement.ts';
import { createRandom } from '../fixtures/random-choices.ts';
import { useStepTests } from '../fixtures/step-context.ts';

const HISTORIES = Number(process.env['IDENTITY_HISTORIES'] ?? 4);
const SEED = Number(process.env['IDENTITY_SEED'] ?? 20_271);
/** Histories with one sandbox and one database, which every further history makes slower. */
const TOGETHER = 20;

const firstOnes = Array.from({ length: Math.ceil(HISTORIES / TOGETHER) }, (_, part) => part * TOGETHER + 1);

describe.each(firstOnes)('renumberings, moves, merges and changes of parties, from history %i', (first) => {
  const at = useStepTests();
  const last = Math.min(HISTORIES, first + TOGETHER - 1);

  it(
    `leave every open ticket in its organization, and every account with one at most (up to ${last}, seed ${SEED})`,
    async () => {
      const begun = Date.now();
      for (let no = first; no <= last; no += 1) {
        const history = new IdentityHistory(at, createRandom(SEED + no * 7_919));
        try {
          await history.play();
        } catch (error) {
          const where = `seed ${SEED}, history ${no}:\n${history.lines.join('\n')}`;
          throw new Error(`${where}\n${error instanceof Error ? error.message : String(error)}`, { cause: error });
        }
      }
      printMeasurement(`histories ${first} to ${last} with seed ${SEED} in ${Date.now() - begun} ms`);
    },
    60_000 + TOGETHER * 30_000,
  );
});
