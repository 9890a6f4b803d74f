import { describe, it } from '@jest/globals';
import { IdentityHistory } from '../fixtures/identity-history.ts';
import { firstOnes, playHistories, TOGETHER } from '../fixtures/play-histories.ts';
import { useStepTests } from '../fixtures/step-context.ts';

const HISTORIES = Number(process.env['IDENTITY_HISTORIES'] ?? 4);
const SEED = Number(process.env['IDENTITY_SEED'] ?? 20_271);

describe.each(firstOnes(HISTORIES))('renumberings, moves, merges and changes of parties, from history %i', (first) => {
  const at = useStepTests();
  const last = Math.min(HISTORIES, first + TOGETHER - 1);

  it(
    `leave every open ticket in its organization, and every account with one at most (up to ${last}, seed ${SEED})`,
    () => playHistories({ first, last, seed: SEED }, (_no, random) => new IdentityHistory(at, random)),
    60_000 + TOGETHER * 30_000,
  );
});
