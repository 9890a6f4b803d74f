import type { Random } from '../core/random.ts';

/** Creates a source of ids. As in Zendesk, they are above 2^32 and increase with gaps. */
export function createIdSource(random: Random): () => number {
  let last = 19_856_122_000_000;
  return () => {
    last += 1 + Math.floor(random() * 40);
    return last;
  };
}

const ULID_ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Returns a ULID, as used for webhooks and merges of organizations. */
export function createUlid(random: Random): string {
  return `01${textOf(ULID_ALPHABET, 24, random)}`;
}

/** Returns random hexadecimal digits. */
export function createHex(length: number, random: Random): string {
  return textOf('0123456789abcdef', length, random);
}

function textOf(alphabet: string, length: number, random: Random): string {
  return Array.from({ length }, () => alphabet.charAt(Math.floor(random() * alphabet.length))).join('');
}
