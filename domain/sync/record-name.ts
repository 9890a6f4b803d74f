import type { ErpRecord } from './record.ts';

/** The longest name that Zendesk accepts, in UTF-16 units (Zendesk docs, Organizations and Users). */
export const MAX_NAME_LENGTH = 255;

/** Returns the compared form of an organization's name: trimmed, in lower case (Zendesk docs, Organizations). */
export function nameKey(name: string): string {
  return name.trim().toLowerCase();
}

/**
 * Returns the name of a record without a suffix: its name in the ERP, or else its key, cut to the length that Zendesk
 * accepts.
 */
export function plainName(record: Pick<ErpRecord, 'name' | 'key'>): string {
  return shortened(record.name === '' ? record.key : record.name, MAX_NAME_LENGTH);
}

/** Cuts a text to `length` UTF-16 units without splitting a visible character. */
export function shortened(text: string, length: number): string {
  if (text.length <= length) return text.trim();
  let cut = '';
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)) {
    if (cut.length + segment.length > length) break;
    cut += segment;
  }
  return cut.trim();
}
