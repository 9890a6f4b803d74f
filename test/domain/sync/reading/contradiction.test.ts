import { describe, expect, it } from '@jest/globals';
import {
  contradictionOf,
  contradictionText,
  isShort,
  servedTwice,
} from '../../../../domain/sync/reading/contradiction.ts';

describe('a page', () => {
  it.each([
    ['the last one, with nothing new', { fresh: 0, next: null, followed: ['a'] }, undefined],
    ['one with new records and a new link', { fresh: 1, next: 'b', followed: ['a'] }, undefined],
    ['one with new records, whose link was followed', { fresh: 5, next: 'a', followed: ['a', 'b'] }, 'link_repeated'],
    ['one with nothing new, and more follow', { fresh: 0, next: 'b', followed: ['a'] }, 'nothing_new'],
  ])('that is %s: %j contradicts earlier ones: %s', (_, page, why) => {
    expect(contradictionOf(page)).toBe(why);
  });
});

describe('a complete reading', () => {
  it.each([
    ['all counted records', { distinct: 60, servedTwice: 0, counted: 60 }, false],
    ['more than were counted, since records were added', { distinct: 61, servedTwice: 0, counted: 60 }, false],
    ['fewer than were counted', { distinct: 59, servedTwice: 0, counted: 60 }, true],
    ['some that are served and counted twice', { distinct: 58, servedTwice: 2, counted: 60 }, false],
    ['any number, if nothing was counted', { distinct: 0, servedTwice: 0, counted: null }, false],
  ])('of %s: %j is short: %s', (_, facts, expected) => {
    expect(isShort(facts)).toBe(expected);
  });

  it.each([
    ['twice on one page', { rows: 20, distinct: 18, fresh: 18 }, 2],
    ['at the two sides of a border', { rows: 20, distinct: 20, fresh: 19 }, 1],
    ['on an earlier page, because rows have moved', { rows: 20, distinct: 20, fresh: 15 }, 0],
  ])('counts rows as served twice if a record is %s: %j', (_, page, expected) => {
    expect(servedTwice(page)).toBe(expected);
  });

  it('says how many records it has and how many are counted', () => {
    expect(contradictionText('fewer_than_counted', { distinct: 40, servedTwice: 0, counted: 60 })).toBe(
      'the pages contain 40 record(s), but 60 are counted',
    );
  });
});
