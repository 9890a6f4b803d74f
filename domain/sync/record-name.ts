import type { ErpRecord } from './record.ts';

/** The longest name that Zendesk takes, in UTF-16 units (Zendesk docs, Organizations and Users). */
export const MAX_NAME_LENGTH = 255;

/** Returns the form in which Zendesk compares organization names: trimmed, in lower case (Zendesk docs, Organizations). */
export function nameKey(name: string): string {
  return name.trim().toLowerCase();
}

/** Returns the name that a record has in Zendesk while nobody else has it: the ERP's, else its key, cut to the length that Zendesk takes. */
export function plainName(record: Pick<ErpRecord, 'name' | 'key'>): string {
  return shortened(record.name === '' ? record.key : record.name, MAX_NAME_LENGTH);
}

/** Cuts a text to `length` UTF-16 units without splitting what a reader sees as one character. */
export function shortened(text: string, length: number): string {
  if (text.length <= length) return text.trim();
  let cut = '';
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)) {
    if (cut.length + segment.length > length) break;
    cut += segment;
  }
  return cut.trim();
}
