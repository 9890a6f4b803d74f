import { describe, expect, it } from '@jest/globals';
import { readPages, type Page } from '../../clients/read-pages.ts';

/** Reads a list whose pages are given by link; the first one is ''. Each may differ in a second reading. */
async function read(...readings: Record<string, Page<string>>[]) {
  const asked: string[] = [];
  let no = -1;
  const result = await readPages<string>({
    read(next = '') {
      if (next === '') no += 1;
      asked.push(next);
      const page = readings[Math.min(no, readings.length - 1)]?.[next];
      return page === undefined ? Promise.reject(new Error(`There is no page "${next}".`)) : Promise.resolve(page);
    },
    contradictory: (why) => new Error(why),
  }).catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
  return { result, asked };
}

const page = (text: string, next?: string, counted?: number): Page<string> => ({
  ...{ items: text.split(''), keys: text.split(''), next, counted },
});

describe('reading the pages of a list', () => {
  it('follows the links to the last page, which may be empty or repeat rows', async () => {
    const { result } = await read({ '': page('abc', 'p2'), p2: page('cd', 'p3'), p3: page('d') });
    expect(result).toEqual({ items: ['a', 'b', 'c', 'c', 'd', 'd'], isWhole: true });
    expect((await read({ '': page('ab', 'p2'), p2: page('', 'p3'), p3: page('') })).result).toEqual({
      items: ['a', 'b'],
      isWhole: true,
    });
  });

  it.each([
    ['goes round', 'link_repeated', { '': page('a', 'p2'), p2: page('b', 'p3'), p3: page('c', 'p2') }],
    ['leads to its own page', 'link_repeated', { '': page('a', 'p2'), p2: page('b', 'p2') }],
    ['leads to the first page', 'nothing_new', { '': page('a', 'p2'), p2: page('b', 'p0'), p0: page('a', 'p2b') }],
    ['is missing', 'fewer_than_counted', { '': page('a', 'p2', 3), p2: page('b', undefined, 3) }],
    ['leads to empty pages again', 'nothing_new', { '': page('a', 'p2'), p2: page('', 'p3'), p3: page('', 'p4') }],
  ])('reads them once more if a link %s, and throws if it happens again: %s', async (_, why, pages) => {
    const { result, asked } = await read(pages);
    expect(result).toBe(why);
    expect(asked.filter((link) => link === '')).toHaveLength(2);
    const sound = { '': page('ab', 'p2'), p2: page('c') };
    expect((await read(pages, sound)).result).toEqual({ items: ['a', 'b', 'c'], isWhole: true });
  });

  it('accepts fewer rows than were counted at first, if a later page counts fewer', async () => {
    const { result } = await read({ '': page('ab', 'p2', 4), p2: page('c', undefined, 3) });
    expect(result).toMatchObject({ isWhole: true });
  });

  it('takes a link that differs each time for a repeated one, as soon as its page has nothing new', async () => {
    const pages = { '': page('a', 'x1'), x1: page('b', 'x2'), x2: page('a', 'x3'), x3: page('b', 'x4') };
    expect((await read(pages)).asked).toEqual(['', 'x1', 'x2', '', 'x1', 'x2']);
  });
});
