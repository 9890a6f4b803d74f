import type { Account } from './account.ts';
import type { ErpRecord } from '../sync/erp-record.ts';

const LONGEST = 255;

/** The form in which Zendesk compares organization names: trimmed, without regard to case (Zendesk docs, Organizations). */
export function nameKey(name: string): string {
  return name.trim().toLowerCase();
}

/** The name a record should have in Zendesk while nobody else has it: the ERP's, else its key. Cut to 255 characters. */
export function plainName(record: Pick<ErpRecord, 'name' | 'key'>): string {
  return cutTo(record.name === '' ? record.key : record.name, LONGEST);
}

/**
 * The names an account may take, best first: its plain name, then with a suffix that tells it from its namesakes.
 * The last one is unique among accounts, so only an organization typed by hand can hold it.
 */
export function nameCandidates(account: Account): readonly string[] {
  const { legalEntity, kind, key } = account;
  const suffixes = [key, `${legalEntity} ${key}`, `${legalEntity} ${kind} ${key}`];
  return [plainName(account), ...suffixes.map((suffix) => withSuffix(account, ` (${suffix})`))];
}

function withSuffix(account: Account, suffix: string): string {
  return cutTo(plainName(account), LONGEST - suffix.length) + suffix;
}

/** Cuts a text to `length` UTF-16 units without tearing what a reader sees as one character. */
function cutTo(text: string, length: number): string {
  if (text.length <= length) return text.trim();
  let cut = '';
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)) {
    if (cut.length + segment.length > length) break;
    cut += segment;
  }
  return cut.trim();
}
