import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { annotateText, type AnnotatedText } from '../../../domain/support/annotation-text.ts';
import { BLOCK_END, BLOCK_START } from '../../../domain/support/annotation.ts';

const LINES = ['Status: active', 'Open: 1', 'https://desk.example/7'];
const BLOCK = [BLOCK_START, ...LINES, BLOCK_END].join('\n');
const OLD = [BLOCK_START, 'Status: quiet', BLOCK_END].join('\n');

const block = (text: string, maxLength?: number): AnnotatedText =>
  annotateText(text, LINES, { mode: 'block', maxLength });
const textOf = (annotated: AnnotatedText): string => {
  if (typeof annotated === 'string') throw new Error(`There is no text, but: ${annotated}.`);
  return annotated.text;
};

describe('a block in a text that people write', () => {
  it.each([
    ['an empty text', '', BLOCK],
    ['words without a line end', 'Call first.', `Call first.\n${BLOCK}`],
    ['words with a line end', 'Call first.\n', `Call first.\n${BLOCK}`],
    ['words with an empty line behind', 'Call first.\n\n', `Call first.\n\n${BLOCK}`],
    ['blanks and tabs', ' \t Call first. \t ', ` \t Call first. \t \n${BLOCK}`],
    ['an older block between words', `Above\n${OLD}\nBelow`, `Above\n${BLOCK}\nBelow`],
    ['an older block that touches the words', `Above${OLD}Below`, `Above${BLOCK}Below`],
    ['an older block at both ends', OLD, BLOCK],
  ])('is put into %s, and every other character stays', (_what, before, after) => {
    expect(block(before)).toEqual({ text: after });
    expect(block(after)).toBe('unchanged');
  });

  it.each([
    ['LF', '\n'],
    ['CR', '\r'],
    ['CRLF', '\r\n'],
  ])('follows the %s of the text', (_name, end) => {
    const ours = BLOCK.replaceAll('\n', end);
    expect(block(`One${end}Two`)).toEqual({ text: `One${end}Two${end}${ours}` });
    expect(block(`One${end}${OLD.replaceAll('\n', end)}${end}Two`)).toEqual({ text: `One${end}${ours}${end}Two` });
  });

  it('keeps mixed line ends of people as they are', () => {
    const human = 'one\r\ntwo\nthree\rfour';
    expect(textOf(block(human))).toBe(`${human}\r\n${BLOCK.replaceAll('\n', '\r\n')}`);
    const around = `one\rtwo\r\n${OLD}\nthree\r\n`;
    const after = textOf(block(around));
    expect(after.startsWith('one\rtwo\r\n---')).toBe(true);
    expect(after.endsWith('---\nthree\r\n')).toBe(true);
  });

  it('counts as unchanged when the ERP has only changed its line ends', () => {
    const written = `Call first.\nThen write.\n${BLOCK}\nBelow`;
    for (const end of ['\r\n', '\r']) expect(block(written.replaceAll('\n', end))).toBe('unchanged');
    expect(block(`Call first.\r\n${BLOCK}`)).toBe('unchanged');
  });

  it('never removes words after a start line whose end line is gone', () => {
    const damaged = `Above\n${BLOCK_START}\nStatus: quiet\nwords of people`;
    const after = textOf(block(damaged));
    expect(after).toBe(`${damaged}\n${BLOCK}`);
    expect(block(after)).toBe('unchanged');
  });

  it('never removes words before an end line whose start line is gone', () => {
    const damaged = `words of people\nStatus: quiet\n${BLOCK_END}\nBelow`;
    const after = textOf(block(damaged));
    expect(after).toBe(`${damaged}\n${BLOCK}`);
    expect(block(after)).toBe('unchanged');
  });

  it('begins at the nearest start line, so that what follows a damaged one stays', () => {
    const torn = `${BLOCK_START}\nwords of people\n${OLD}\nBelow`;
    expect(block(torn)).toEqual({ text: `${BLOCK_START}\nwords of people\n${BLOCK}\nBelow` });
  });

  it('is a new one when somebody has changed a marker', () => {
    const changed = OLD.replace('Ledgerdesk', 'us');
    expect(block(changed)).toEqual({ text: `${changed}\n${BLOCK}` });
  });

  it('is the first of two; the second is a copy that a person has made, and stays', () => {
    expect(block(`${OLD}\nbetween\n${OLD}`)).toEqual({ text: `${BLOCK}\nbetween\n${OLD}` });
    expect(block(`${BLOCK}\nbetween\n${OLD}`)).toBe('unchanged');
  });

  it('is shortened where there is little room, then left out, and people lose nothing', () => {
    const human = 'Call first.';
    const whole = `${human}\n${BLOCK}`;
    expect(block(human, whole.length)).toEqual({ text: whole });
    const cut = `${human}\n${[BLOCK_START, ...LINES.slice(0, 2), BLOCK_END].join('\n')}`;
    expect(block(human, whole.length - 1)).toEqual({ text: cut });
    expect(block(cut, whole.length - 1)).toBe('unchanged');
    const least = `${human}\n${[BLOCK_START, LINES[0], BLOCK_END].join('\n')}`;
    expect(block(human, least.length)).toEqual({ text: least });
    expect(block(human, least.length - 1)).toBe('no_room');
    expect(block('x'.repeat(5_000), 4_000)).toBe('no_room');
  });

  it('leaves what people wrote as it was, whatever they wrote, and changes nothing the second time', () => {
    const piece = fc.oneof(
      fc.constantFrom('\n', '\r', '\r\n', BLOCK_START, BLOCK_END, OLD, '---', ' '),
      fc.string({ maxLength: 12, unit: 'binary' }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
        const before = pieces.join('');
        const first = block(before);
        if (first === 'unchanged' || first === 'no_room') return;
        const at = first.text.indexOf(BLOCK.replaceAll('\n', /\r\n|\r|\n/.exec(before)?.[0] ?? '\n'));
        expect(at).toBeGreaterThanOrEqual(0);
        expect(before.startsWith(first.text.slice(0, at).replace(/[\r\n]+$/, ''))).toBe(true);
        expect(block(first.text)).toBe('unchanged');
      }),
      { seed: 20_261_126, numRuns: 2_000 },
    );
  });
});

describe('the whole text', () => {
  it('is replaced by our lines, and left alone when it holds them', () => {
    const replace = (text: string): AnnotatedText => annotateText(text, LINES, { mode: 'replace' });
    expect(replace('old')).toEqual({ text: LINES.join('\n') });
    expect(replace('old\r\nlines')).toEqual({ text: LINES.join('\r\n') });
    expect(replace(LINES.join('\r\n'))).toBe('unchanged');
  });
});

describe('an entry after the present text', () => {
  const append = (text: string, lines = LINES, maxLength?: number): AnnotatedText =>
    annotateText(text, lines, { mode: 'append', maxLength });

  it('follows on a line of its own, once', () => {
    const ours = LINES.join('\n');
    expect(append('')).toEqual({ text: ours });
    expect(append('words')).toEqual({ text: `words\n${ours}` });
    expect(append('words\r\n')).toEqual({ text: `words\r\n${LINES.join('\r\n')}` });
    expect(append(`words\n${ours}`)).toBe('unchanged');
    expect(append(ours)).toBe('unchanged');
    expect(append(`words\r\n${LINES.join('\r\n')}`)).toBe('unchanged');
  });

  it('leaves earlier entries, and stops where there is no room', () => {
    const first = textOf(append('words'));
    const second = textOf(append(first, ['Status: quiet']));
    expect(second).toBe(`${first}\nStatus: quiet`);
    expect(append(second, ['Status: active'], second.length + 5)).toBe('no_room');
  });
});
