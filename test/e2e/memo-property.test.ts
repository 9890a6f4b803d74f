import { beforeAll, describe, expect, it } from '@jest/globals';
import { BLOCK_END, BLOCK_START } from '../../domain/support/annotation.ts';
import { createRandom } from '../fixtures/random-choices.ts';
import { createEdits, readingOnly } from '../fixtures/edits.ts';
import { createSupport } from '../fixtures/support.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

/** For longer runs: MEMO_EDITS=1000. */
const EDITS = Number(process.env['MEMO_EDITS'] ?? 200);
const SEED = Number(process.env['MEMO_SEED'] ?? 20_261_128);
const KEYS = ['M1', 'M2', 'M3', 'M4'];
const PIECES = ['Call first.', ' ', '\r\n', '\n', '\r', '\t', 'ü–✓', '---', '--- Zendesk support', 'x'.repeat(80), ''];
/** The delay of each write by Ledgerdesk, so that users' edits can come first. */
const WRITE_MS = 40;

/** The texts that users have saved last, by account, and all edits so far. */
interface Past {
  readonly saved: Map<string, string>;
  readonly history: string[];
}

/** Splits a memo at Ledgerdesk's block. Returns undefined if it has no complete block. */
function parts(memo: string): { before: string; block: string; after: string } | undefined {
  const end = memo.indexOf(BLOCK_END);
  const start = end < 0 ? -1 : memo.lastIndexOf(BLOCK_START, end);
  if (start < 0) return undefined;
  const behind = end + BLOCK_END.length;
  return { before: memo.slice(0, start), block: memo.slice(start, behind), after: memo.slice(behind) };
}

/** Returns the error in a memo that a user saved last, or undefined if only Ledgerdesk's block was added. */
function mistake(saved: string, memo: string): string | undefined {
  if (memo === saved) return undefined;
  const [was, is] = [parts(saved), parts(memo)];
  if (is === undefined) return 'our block is torn, or words are lost';
  if (was !== undefined) return is.before === was.before && is.after === was.after ? undefined : 'the words differ';
  const gap = is.before.slice(saved.length);
  const isBehind = is.before.startsWith(saved) && is.after === '' && ['', '\n', '\r', '\r\n'].includes(gap);
  return isBehind ? undefined : 'the words differ';
}

describe('a memo that users edit at random while Ledgerdesk writes it', () => {
  const world = setUpWorld();
  const support = createSupport(world);
  let tickets: number[];
  const random = createRandom(SEED);
  const pick = <Item>(items: readonly Item[]): Item => items[random(items.length)] as Item;
  const words = (): string => Array.from({ length: 1 + random(6) }, () => pick(PIECES)).join('');

  beforeAll(async () => {
    const edits = createEdits(world);
    for (const key of KEYS) await edits.customer('mm', key, { OrganizationName: `Memo of ${key}` });
    await world.connect('memo', readingOnly(['mm']));
    expect(await world.sync('memo')).toMatchObject({ status: 'completed', totals: { created: KEYS.length } });
    const organizations = await edits.organizations('mm:');
    const organizationIds = [...organizations.values()].map(({ id }) => id);
    tickets = await support.tickets({ count: KEYS.length, organizationIds, silent: true });
    await world.sandbox.control('POST', '/faults', {
      system: 'dynamics',
      match: { method: 'PATCH', path: 'CustomersV3' },
      times: null,
      action: { kind: 'delay', ms: WRITE_MS, when: 'before' },
    });
  });

  it(
    `keeps every byte that people wrote, through ${EDITS} edits (seed ${SEED})`,
    async () => {
      const past: Past = { saved: new Map(KEYS.map((key) => [key, ''])), history: [] };
      const writing = { goes: true, written: 0 };
      const writer = writeMeanwhile(writing);
      try {
        for (let nth = 0; nth < EDITS; nth += 1) {
          const key = pick(KEYS);
          const memo = await support.memo('mm', key);
          check(past, key, memo);
          const next = edited(memo);
          past.history.push(`${key}: ${JSON.stringify(next)}`);
          await support.writeMemo('mm', key, next);
          past.saved.set(key, next);
          await new Promise((resolve) => setTimeout(resolve, random(80)));
        }
      } finally {
        writing.goes = false;
        await writer;
      }
      await support.change(tickets, { status: 'hold' }, true);
      await support.reconcile('memo');
      for (const key of KEYS) {
        const memo = await support.memo('mm', key);
        check(past, key, memo);
        expect(memo).toContain('on hold: 1');
      }
      expect(writing.written).toBeGreaterThan(KEYS.length);
      const { dynamics } = await support.writes();
      expect(dynamics.filter(({ status }) => status === 412).length).toBeGreaterThan(0);
    },
    120_000 + EDITS * 1_000,
  );

  /** Edits a memo as a user does: words around the block, a new text, an addition, or a damaged block. */
  function edited(memo: string): string {
    const found = parts(memo);
    switch (random(5)) {
      case 0:
        return words();
      case 1:
        return memo + words();
      case 2:
        return memo.replace(BLOCK_END, '');
      default:
        return found === undefined ? words() + memo : words() + found.block + words();
    }
  }

  function check({ saved, history }: Past, key: string, memo: string): void {
    const wrong = mistake(saved.get(key) ?? '', memo);
    if (wrong === undefined) return;
    const last = history.filter((line) => line.startsWith(`${key}:`)).slice(-3);
    const where = `seed ${SEED}, edit ${history.length} of ${EDITS}`;
    throw new Error(`${where}, ${wrong}: ${JSON.stringify(memo)}\n${last.join('\n')}`);
  }

  /** Changes the ticket counts of all accounts until `isOver`, and lets Ledgerdesk write them. */
  async function writeMeanwhile(writing: { goes: boolean; written: number }): Promise<void> {
    for (let round = 0; writing.goes; round += 1) {
      await support.change(tickets, { status: round % 2 === 0 ? 'pending' : 'open' }, true);
      writing.written += (await support.reconcile('memo')).written;
    }
  }
});
