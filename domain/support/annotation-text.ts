import { BLOCK_END, BLOCK_START } from './annotation.ts';

/** The way our lines are added to a text: as a block within it, instead of it, or after it. */
export type AnnotationMode = 'block' | 'replace' | 'append';

/** The result of annotating a text: the new text, no change, or no room for our lines. */
export type AnnotatedText = { readonly text: string } | 'unchanged' | 'no_room';

/**
 * Adds our lines to a text that people write, too. Text outside our block stays the same, byte for byte. CR, LF and
 * CRLF count as equal line ends, and our lines use those of the text. If the result exceeds `maxLength`, our last lines
 * are left out, but never the text of people.
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
 * Finds our block: from a start line to the next end line, with no other start line in between. If a person has deleted
 * the end line of a block, the text after that block is not overwritten.
 */
function findBlock(text: string): { start: number; end: number } | undefined {
  for (let end = text.indexOf(BLOCK_END); end >= 0; end = text.indexOf(BLOCK_END, end + 1)) {
    const start = text.lastIndexOf(BLOCK_START, end);
    if (start >= 0 && !text.slice(start, end).includes(BLOCK_END)) return { start, end: end + BLOCK_END.length };
  }
  return undefined;
}

/** Adds an entry after the text, unless the last entry is the same. */
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
