import { describe, expect, it } from '@jest/globals';
import { decideRenumberings, type PartyAccounts } from '../../../domain/accounts/renumbering.ts';

type Pairs = Readonly<Record<string, string>>;

/** Returns accounts: numbers with parties that are known, that are new, and that F&O has now. */
function accounts(known: Pairs, fresh: Pairs, current: Pairs): PartyAccounts {
  const listed = (pairs: Pairs) => Object.entries(pairs).map(([key, party]) => ({ key, party }));
  return {
    known: listed(known).map((one) => ({ ...one, isLinked: true, isBusy: false })),
    changed: [],
    fresh: listed(fresh).map((one) => ({ ...one, holder: undefined })),
    current: listed(current),
  };
}

const NOTHING = { moves: [], unclear: [], held: [], vanished: [], passedOn: [] };

describe('a new number of a known party', () => {
  it('is a new number of its account if that one is gone', () => {
    const decided = decideRenumberings(accounts({ A1: 'P' }, { A2: 'P' }, { A2: 'P' }));
    expect(decided).toEqual({ ...NOTHING, moves: [{ from: 'A1', to: 'A2' }] });
  });

  it('is a further account if the other one still exists', () => {
    expect(decideRenumberings(accounts({ A1: 'P' }, { A2: 'P' }, { A1: 'P', A2: 'P' }))).toEqual(NOTHING);
  });

  it.each([
    ['two former accounts', accounts({ A1: 'P', B1: 'P' }, { A2: 'P' }, { A2: 'P', B1: 'P' }), ['A1']],
    ['two former accounts that are gone', accounts({ A1: 'P', B1: 'P' }, { A2: 'P' }, { A2: 'P' }), ['A1', 'B1']],
    ['a further account now', accounts({ A1: 'P' }, { A2: 'P' }, { A2: 'P', A3: 'P' }), ['A1']],
    ['an account that has another party now', accounts({ A1: 'P' }, { A2: 'P' }, { A1: 'Q', A2: 'P' }), ['A1']],
    [
      'an account that is being written',
      { ...accounts({}, { A2: 'P' }, { A2: 'P' }), known: [{ key: 'A1', party: 'P', isLinked: false, isBusy: true }] },
      ['A1'],
    ],
  ])('is unclear if the party has %s', (_what, given, formerKeys) => {
    expect(decideRenumberings(given)).toEqual({ ...NOTHING, unclear: [{ key: 'A2', formerKeys }] });
  });

  it('is unclear for two new numbers of one party', () => {
    const { unclear, moves } = decideRenumberings(accounts({ A1: 'P' }, { A2: 'P', A3: 'P' }, { A2: 'P', A3: 'P' }));
    expect([unclear.map(({ key }) => key), moves]).toEqual([['A2', 'A3'], []]);
  });

  it('is dropped if F&O does not have it any more, or with another party', () => {
    const { vanished } = decideRenumberings(accounts({ A1: 'P' }, { A2: 'P', A3: 'P' }, { A1: 'P', A3: 'Q' }));
    expect(vanished).toEqual(['A2', 'A3']);
  });

  it('follows numbers that were passed on, the last one first', () => {
    const known = { A1: 'P', A2: 'Q', A3: 'R' };
    const decided = decideRenumberings(accounts(known, { A4: 'R' }, { A2: 'P', A3: 'Q', A4: 'R' }));
    expect(decided.moves).toEqual([
      { from: 'A3', to: 'A4' },
      { from: 'A2', to: 'A3' },
      { from: 'A1', to: 'A2' },
    ]);
  });

  it('is unclear if a passed-on number closes a ring', () => {
    const decided = decideRenumberings(accounts({ A1: 'P', A2: 'Q' }, { A3: 'P' }, { A1: 'Q', A2: 'Q', A3: 'P' }));
    expect(decided).toEqual({ ...NOTHING, unclear: [{ key: 'A3', formerKeys: ['A1'] }] });
  });

  it('is a further account if the account that is gone has no organization', () => {
    const known = [{ key: 'A1', party: 'P', isLinked: false, isBusy: false }];
    expect(decideRenumberings({ ...accounts({}, { A2: 'P' }, { A2: 'P' }), known })).toEqual(NOTHING);
  });

  it('is decided by the person who gives its external id to an organization', () => {
    const given = accounts({ A1: 'P', B1: 'P' }, {}, { A2: 'P', B1: 'P' });
    const held = (holder: string | null) => ({ ...given, fresh: [{ key: 'A2', party: 'P', holder }] });
    expect(decideRenumberings(held('A1')).moves).toEqual([{ from: 'A1', to: 'A2' }]);
    expect(decideRenumberings(held(null))).toEqual(NOTHING);
    expect(decideRenumberings(held('B1')).unclear).toEqual([{ key: 'A2', formerKeys: ['A1'] }]);
  });
});

describe('a known number with another party', () => {
  it('was passed on if the former accounts of both parties have other numbers, also one that was not read', () => {
    const changed = [{ key: 'A2', party: 'P' }];
    const decided = decideRenumberings({ ...accounts({ A1: 'P', A2: 'Q' }, {}, { A2: 'P', A3: 'Q' }), changed });
    expect(decided).toEqual({
      ...NOTHING,
      moves: [
        { from: 'A2', to: 'A3' },
        { from: 'A1', to: 'A2' },
      ],
    });
  });

  it('may have been passed on if the number of its new party is gone', () => {
    const changed = [{ key: 'A2', party: 'P' }];
    const decided = decideRenumberings({ ...accounts({ A1: 'P', A2: 'Q' }, {}, { A2: 'P' }), changed });
    expect(decided).toEqual({ ...NOTHING, passedOn: ['A2'] });
  });

  it('is free for an unclear account of its new party if its own account has another number', () => {
    const changed = [{ key: 'A2', party: 'P' }];
    const given = accounts({ A1: 'P', B1: 'P', A2: 'Q' }, { A3: 'Q' }, { A2: 'P', B1: 'P', A3: 'Q' });
    expect(decideRenumberings({ ...given, changed })).toEqual({
      ...NOTHING,
      moves: [{ from: 'A2', to: 'A3' }],
      unclear: [{ key: 'A2', formerKeys: ['A1'] }],
    });
  });

  it('is held while the number of its own account is unclear, and follows when a person has decided', () => {
    const changed = [{ key: 'A2', party: 'P' }];
    const given = accounts({ A1: 'P', A2: 'Q', B2: 'Q' }, { A3: 'Q' }, { A2: 'P', A3: 'Q', B2: 'Q' });
    expect(decideRenumberings({ ...given, changed })).toEqual({
      ...NOTHING,
      unclear: [{ key: 'A3', formerKeys: ['A2'] }],
      held: [{ key: 'A2', formerKeys: ['A1'] }],
      passedOn: ['A2'],
    });
    const fresh = [{ key: 'A3', party: 'Q', holder: 'A2' }];
    expect(decideRenumberings({ ...given, changed, fresh }).moves).toEqual([
      { from: 'A2', to: 'A3' },
      { from: 'A1', to: 'A2' },
    ]);
  });

  it('belongs to the same account if its new party keeps its number', () => {
    const changed = [{ key: 'A2', party: 'P' }];
    const decided = decideRenumberings({ ...accounts({ A1: 'P', A2: 'Q' }, {}, { A1: 'P', A2: 'P' }), changed });
    expect(decided).toEqual(NOTHING);
  });
});
