import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  reserveAccount,
  type NamedOrganization,
  type ReservationContext,
  type ReservationPolicy,
} from '../../../domain/accounts/reserve-account.ts';
import { nameKey, plainName } from '../../../domain/sync/record-name.ts';
import { recordKeyText, type ErpRecord } from '../../../domain/sync/record.ts';
import { account } from '../../fixtures/accounts.ts';

const POLICY: ReservationPolicy = { templates: { customer: '{legalEntity}:{accountNumber}' }, adopt: 'by-name' };

/** An account with its reserved name and the name that its organization has in Zendesk. */
interface Linked {
  readonly record: ErpRecord;
  readonly reserved: string | null;
  readonly shown: string;
}

/** The accounts after one round of writes, the number of writes, and those that Zendesk would have refused. */
interface Round {
  readonly accounts: readonly Linked[];
  readonly written: number;
  readonly refused: readonly string[];
}

const seed = Number(process.env['FC_SEED'] ?? 20_261_201);
const runs = Number(process.env['FC_RUNS'] ?? 300);

const PLAIN = ['A', 'B', 'C', 'D', 'a '];

describe('names of linked accounts', () => {
  it.each([
    ['in two rounds', PLAIN, 2],
    // Such a name waits for the round in which the account N1 gives its suffix back.
    ['in four rounds if a name looks like one with a suffix', [...PLAIN, 'A (N1)'], 4],
  ])(`are given %s, whatever the order of rows in a job (seed ${seed})`, (_, pool, rounds) => {
    const names = fc.array(fc.constantFrom(...pool), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(names, names, fc.infiniteStream(fc.nat()), (before, after, order) => {
        const started = settle(linkedTo(before), order);
        let accounts = started.map((each, index) => renamedTo(each, after[index] ?? ''));
        for (let round = 0; round < rounds; round += 1) {
          const written = write(accounts, order);
          expect(written.refused).toEqual([]);
          accounts = [...written.accounts];
        }
        expect(unusedNames(accounts)).toEqual([]);
        expect(write(accounts, order).written).toBe(0);
      }),
      { seed, numRuns: runs },
    );
  });
});

function linkedTo(names: readonly string[]): Linked[] {
  return names.map((name, index) => {
    const record = account(`N${index}`, { name });
    return { record, reserved: null, shown: `new ${index}` };
  });
}

/** Writes until nothing differs. */
function settle(accounts: readonly Linked[], order: fc.Stream<number>): readonly Linked[] {
  const round = write(accounts, order);
  return round.written === 0 ? round.accounts : settle(round.accounts, order);
}

/** A name that changes in F&O is released, as by a new reading. */
function renamedTo(each: Linked, name: string): Linked {
  const record = { ...each.record, name };
  return plainName(record) === plainName(each.record) ? each : { ...each, record, reserved: null };
}

/** Reserves for all accounts in their order, and writes the names that differ in a random order. */
function write(accounts: readonly Linked[], order: fc.Stream<number>): Round {
  const holders = new Map(
    accounts.flatMap(({ record, reserved }) => (reserved === null ? [] : [[nameKey(reserved), recordKeyText(record)]])),
  );
  const context = contextOf(accounts, holders);
  const reserved = accounts.map((each, index) => {
    const held = { externalId: null, name: each.reserved, zendeskId: String(index) };
    const result = reserveAccount(each.record, held, { context, policy: POLICY });
    if (!('reservation' in result)) throw new Error(result.rejection.message);
    if (each.reserved !== null) holders.delete(nameKey(each.reserved));
    holders.set(nameKey(result.reservation.name), recordKeyText(each.record));
    return { ...each, reserved: result.reservation.name };
  });
  return apply(reserved, order);
}

function contextOf(accounts: readonly Linked[], holders: ReadonlyMap<string, string>): ReservationContext {
  const organizations = accounts.map(({ record, shown }, index): NamedOrganization => ({
    ...{ id: String(index), name: shown, externalId: null, linkedTo: recordKeyText(record) },
  }));
  return {
    ...{ incompleteEntities: [], accountsNamed: () => 1, refused: () => false },
    externalIdHolder: () => undefined,
    organizationWithExternalId: () => undefined,
    nameHolder: (key) => holders.get(key),
    organizationsNamed: (key) => organizations.filter(({ name }) => nameKey(name) === key),
  };
}

/** Zendesk refuses a name that another organization has at that moment. */
function apply(accounts: readonly Linked[], order: fc.Stream<number>): Round {
  const places = accounts.map((_, index) => index).filter((index) => isToWrite(accounts[index]));
  const shuffled = places.map((place) => ({ place, at: order.next().value as number })).sort((a, b) => a.at - b.at);
  const shown = accounts.map((each) => each.shown);
  const refused: string[] = [];
  for (const { place } of shuffled) {
    const name = accounts[place]?.reserved ?? '';
    if (shown.some((other, index) => index !== place && nameKey(other) === nameKey(name))) refused.push(name);
    else shown[place] = name;
  }
  return {
    accounts: accounts.map((each, index) => ({ ...each, shown: shown[index] ?? '' })),
    written: places.length,
    refused,
  };
}

function isToWrite(each: Linked | undefined): boolean {
  return each !== undefined && each.reserved !== each.shown;
}

/** Returns the plain names that accounts want and nobody has. */
function unusedNames(accounts: readonly Linked[]): string[] {
  const taken = new Set(accounts.map(({ shown }) => nameKey(shown)));
  return accounts.map(({ record }) => plainName(record)).filter((plain) => !taken.has(nameKey(plain)));
}
