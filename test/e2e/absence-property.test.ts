import { describe, it } from '@jest/globals';
import { AbsenceHistory } from '../fixtures/absence-history.ts';
import { firstOnes, playHistories, TOGETHER } from '../fixtures/play-histories.ts';
import { useStepTests } from '../fixtures/step-context.ts';

const HISTORIES = Number(process.env['ABSENCE_HISTORIES'] ?? 6);
const SEED = Number(process.env['ABSENCE_SEED'] ?? 20_264);

describe.each(firstOnes(HISTORIES))('readings that miss rows, fail, and find rows again, from history %i', (first) => {
  const at = useStepTests();
  const last = Math.min(HISTORIES, first + TOGETHER - 1);

  it(
    `end no membership that F&O did not end, and every ticket keeps its organization (up to ${last}, seed ${SEED})`,
    () => playHistories({ first, last, seed: SEED }, (no, random) => new AbsenceHistory(at, { no, random })),
    60_000 + TOGETHER * 15_000,
  );
});
