import { BLOCK_END, BLOCK_START } from './annotation.ts';

/** How our lines get into a text: as a block among people's words, as the whole text, or behind what is there. */
export type AnnotationMode = 'block' | 'replace' | 'append';

/** What a text should become: the new text, that it is right already, or that there is no room for our lines. */
export type AnnotatedText = { readonly text: string } | 'unchanged' | 'no_room';

/**
 * Puts our lines into a text that people write as well. What stands outside our block is kept byte for byte; line ends CR, LF
 * and CRLF count as equal, and ours follow the ones that the text uses. Where `maxLength` is short, our last lines are left
 * out first; people's words never.
 */
export function annotateText(
  text: string,
  lines: readonly string[],
  { mode, maxLength }: { mode: AnnotationMode; maxLength?: number | undefined },
): AnnotatedText {
  for (let count = lines.length; count > 0; count -= 1) {
    const next = merged(text, lines.slice(0, count), mode);
    if (maxLength !== undefined && next.length > maxLength) continue;
    return sameLines(next, text) ? 'unchanged' : { text: next };
  }
  return 'no_room';
}

function merged(text: string, lines: readonly string[], mode: AnnotationMode): string {
  const end = lineEndOf(text);
  const ours = lines.join(end);
  if (mode === 'replace') return ours;
  if (mode === 'append') return appended(text, ours, end);
  const block = [BLOCK_START, ours, BLOCK_END].join(end);
  const found = findBlock(text);
  if (found !== undefined) return text.slice(0, found.start) + block + text.slice(found.end);
  if (text === '') return block;
  const gap = /[\r\n]$/.test(text) ? '' : end;
  return `${text}${gap}${block}`;
}

/**
 * Where our block stands: from a start line to the next end line with no other start line between, so that a start line
 * whose end somebody has deleted never swallows what people have written below it.
 */
function findBlock(text: string): { start: number; end: number } | undefined {
  for (let end = text.indexOf(BLOCK_END); end >= 0; end = text.indexOf(BLOCK_END, end + 1)) {
    const start = text.lastIndexOf(BLOCK_START, end);
    if (start >= 0 && !text.slice(start, end).includes(BLOCK_END)) return { start, end: end + BLOCK_END.length };
  }
  return undefined;
}

/** Adds an entry behind what is there, unless the last one says the same already. */
function appended(text: string, ours: string, end: string): string {
  if (text === '' || sameLines(text, ours) || sameLines(text.slice(-ours.length - end.length), `${end}${ours}`))
    return text === '' ? ours : text;
  return /[\r\n]$/.test(text) ? `${text}${ours}` : `${text}${end}${ours}`;
}

function lineEndOf(text: string): string {
  return /\r\n|\r|\n/.exec(text)?.[0] ?? '\n';
}

function sameLines(one: string, other: string): boolean {
  return one.replace(/\r\n?/g, '\n') === other.replace(/\r\n?/g, '\n');
}
