import { describe, expect, it } from '@jest/globals';
import { afterPage, beginReading, nextReading, type ExportReading } from '../../../domain/support/export-reading.ts';

const START = { cursor: 'A' };

/** Follows pages, given as "asked next content", with "!" before the last one of the stream. */
function follow(reading: ExportReading, ...pages: string[]): { verdicts: string[]; reading: ExportReading } {
  const verdicts: string[] = [];
  let state = reading;
  for (const page of pages) {
    const [asked = '', next = '', content = ''] = page.replace('!', '').split(' ');
    const step = afterPage(state, { asked, next, content, isLast: page.startsWith('!') });
    verdicts.push(step.verdict);
    state = step.reading;
  }
  return { verdicts, reading: state };
}

describe('a reading of an export', () => {
  it('goes from cursor to cursor to the end of the stream, which may have no new cursor', () => {
    expect(follow(beginReading(START), 'A B 1', 'B C 2', '!C D 3').verdicts).toEqual(['more', 'more', 'end']);
    expect(follow(beginReading(START), '!A A 1').verdicts).toEqual(['end']);
  });

  it.each([
    ['does not move', ['A A 1']],
    ['goes round', ['A B 1', 'B A 2']],
    ['leads back at the end of the stream', ['A B 1', '!B A 2']],
    ['has another text each time, but leads to pages that were read', ['A B 1', 'B C 2', 'C D 1']],
    ['leads to nothing again and again', ['A B 1', 'B C []', 'C D []']],
  ])('begins once more if its cursor %s, and then fails', (_, pages) => {
    const first = follow(beginReading(START), ...pages);
    expect(first.verdicts.at(-1)).toBe('again');
    expect(first.reading).toEqual({ ...beginReading(START), isRepeat: true });
    const second = follow(first.reading, ...pages);
    expect(second.verdicts.at(-1)).toBe('inconsistent');
    expect(second.reading).toEqual(beginReading(START));
  });

  it('may show a record again that has changed meanwhile', () => {
    expect(follow(beginReading(START), 'A B 1', 'B C 1b', '!C D 1').verdicts).toEqual(['more', 'more', 'end']);
  });

  it('does not accept a cursor that an earlier reading has followed', () => {
    const ended = follow(beginReading(START), 'A B 1', 'B C 2', '!C D 3').reading;
    const later = nextReading(ended, { cursor: 'D' });
    expect(follow(later, 'D B 4').verdicts).toEqual(['again']);
    expect(follow(later, '!D D 4').verdicts).toEqual(['end']);
    expect(later.pages).toEqual([]);
  });
});
