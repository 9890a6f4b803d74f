import { badQuery } from './refusal.ts';

/** A token of a filter. Strings are without quotes and unescaped. A qualified enumeration literal contains its type. */
export type Token =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'enum'; readonly type: string; readonly value: string }
  | { readonly kind: 'time'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'word'; readonly value: string }
  | { readonly kind: 'mark'; readonly value: string };

const PIECE = new RegExp(
  [
    String.raw`(?<blank>\s+)`,
    String.raw`(?<type>[A-Za-z_][\w.]*)?'(?<text>(?:[^']|'')*)'`,
    String.raw`(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))`,
    String.raw`(?<number>-?\d+(?:\.\d+)?)(?![\w.])`,
    String.raw`(?<word>[A-Za-z_][\w./]*)`,
    String.raw`(?<mark>[(),=])`,
  ].join('|'),
  'y',
);

/** Splits a filter, or the inside of a key's parentheses, into tokens. Throws a refusal for a syntax error. */
export function tokenize(filter: string): Token[] {
  const tokens: Token[] = [];
  const piece = new RegExp(PIECE);
  while (piece.lastIndex < filter.length) {
    const at = piece.lastIndex;
    const groups = piece.exec(filter)?.groups;
    if (!groups)
      throw badQuery(`Syntax error: character '${filter.charAt(at)}' is not valid at position ${at} in '${filter}'.`);
    const token = tokenOf(groups);
    if (token) tokens.push(token);
  }
  return tokens;
}

function tokenOf(groups: Readonly<Record<string, string | undefined>>): Token | undefined {
  const { type, text, time, number, word, mark } = groups;
  if (text !== undefined) {
    const value = text.replaceAll("''", "'");
    return type === undefined ? { kind: 'text', value } : { kind: 'enum', type, value };
  }
  if (time !== undefined) return { kind: 'time', value: time };
  if (number !== undefined) return { kind: 'number', value: Number(number) };
  if (word !== undefined) return { kind: 'word', value: word };
  return mark === undefined ? undefined : { kind: 'mark', value: mark };
}
