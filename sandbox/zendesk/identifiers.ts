import type { Random } from '../core/random.ts';

/** Gives out ids above 2^32, as Zendesk does, rising with gaps. */
export function createIdSource(random: Random): () => number {
  let last = 19_856_122_000_000;
  return () => {
    last += 1 + Math.floor(random() * 40);
    return last;
  };
}

const ULID_ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A ULID-like text id (webhooks, organization merges). */
export function createUlid(random: Random): string {
  return `01${textOf(ULID_ALPHABET, 24, random)}`;
}

/** So many random hexadecimal digits. */
export function createHex(length: number, random: Random): string {
  return textOf('0123456789abcdef', length, random);
}

function textOf(alphabet: string, length: number, random: Random): string {
  return Array.from({ length }, () => alphabet.charAt(Math.floor(random() * alphabet.length))).join('');
}
