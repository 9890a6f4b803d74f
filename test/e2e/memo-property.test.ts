import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BLOCK_END, BLOCK_START } from '../../domain/support/annotation.ts';
import { createRandom } from '../fixtures/random-choices.ts';
import { createEdits, relaxZendeskLimits, readingOnly } from '../fixtures/edits.ts';
import { createSupport, type Support } from '../fixtures/support.ts';
import { createWorld, type World } from '../fixtures/world.ts';

/** Longer runs ask for more: MEMO_EDITS=1000. */
const EDITS = Number(process.env['MEMO_EDITS'] ?? 200);
const SEED = Number(process.env['MEMO_SEED'] ?? 20_261_128);
const KEYS = ['M1', 'M2', 'M3', 'M4'];
const PIECES = ['Call first.', ' ', '\r\n', '\n', '\r', '\t', 'ü–✓', '---', '--- Zendesk support', 'x'.repeat(80), ''];
/** So long the ERP takes for each of our writes: time for people to be quicker. */
const WRITE_MS = 40;

/** What people have saved last on each account, and everything before, a line each. */
interface Past {
  readonly saved: Map<string, string>;
  readonly history: string[];
}

/** A memo around our block: `undefined` where there is none that is whole. */
function parts(memo: string): { before: string; block: string; after: string } | undefined {
  const end = memo.indexOf(BLOCK_END);
  const start = end < 0 ? -1 : memo.lastIndexOf(BLOCK_START, end);
  if (start < 0) return undefined;
  const behind = end + BLOCK_END.length;
  return { before: memo.slice(0, start), block: memo.slice(start, behind), after: memo.slice(behind) };
}

/** What is wrong with a memo that a person saved last; undefined: every byte of it is there, and nothing but our block is new. */
function mistake(saved: string, memo: string): string | undefined {
  if (memo === saved) return undefined;
  const [was, is] = [parts(saved), parts(memo)];
  if (is === undefined) return 'our block is torn, or words are lost';
  if (was !== undefined) return is.before === was.before && is.after === was.after ? undefined : 'the words differ';
  const gap = is.before.slice(saved.length);
  const isBehind = is.before.startsWith(saved) && is.after === '' && ['', '\n', '\r', '\r\n'].includes(gap);
  return isBehind ? undefined : 'the words differ';
}

describe('a memo that people edit at random while we write it', () => {
  let world: World;
  let support: Support;
  let tickets: number[];
  const random = createRandom(SEED);
  const pick = <Item>(items: readonly Item[]): Item => items[random(items.length)] as Item;
  const words = (): string => Array.from({ length: 1 + random(6) }, () => pick(PIECES)).join('');

  beforeAll(async () => {
    world = await createWorld({ seed: 'empty' });
    const edits = createEdits(world);
    support = createSupport(world);
    await relaxZendeskLimits(world.sandbox);
    for (const key of KEYS) await edits.customer('mm', key, { OrganizationName: `Memo of ${key}` });
    await world.connect('memo', readingOnly(['mm']));
    await world.startWorker();
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
  afterAll(() => world.close());

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

  /** As a person edits who sees the whole memo: words around our block, all anew, something behind, or a torn block. */
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

  /** Keeps the counts of all accounts changing, and has them written. */
  async function writeMeanwhile(writing: { goes: boolean; written: number }): Promise<void> {
    for (let round = 0; writing.goes; round += 1) {
      await support.change(tickets, { status: round % 2 === 0 ? 'pending' : 'open' }, true);
      writing.written += (await support.reconcile('memo')).written;
    }
  }
});
