import type { EntityType } from './entity-type.ts';
import { typeNameOf } from './entity-type.ts';
import { tokenize } from './filter-tokens.ts';
import type { Token } from './filter-tokens.ts';
import { badQuery, refusal } from './refusal.ts';

/** The key in the URL of a row. */
export interface RowKey {
  /** Empty for a type without companies. */
  readonly company: string;
  /** The other key values, joined if there are several. */
  readonly key: string;
}

/** The separator between several key values other than the company. */
export const KEY_SEPARATOR = '\u0001';

/** Parses `dataAreaId='usmf',CustomerAccount='US-001'`. Every key is required, in any order. */
export function parseKey(predicate: string, type: EntityType): RowKey {
  const values = namedValues(tokenize(predicate), type);
  const missing = type.keys.filter((key) => !values.has(key));
  if (missing.length > 0) {
    const text = `Only ${values.size} of ${type.keys.length} keys provided for lookup, provide keys for ${type.keys.join(',')}.`;
    throw refusal(400, { type: 'System.ArgumentException', text });
  }
  const own = type.keys.filter((key) => key !== 'dataAreaId');
  return {
    company: (values.get('dataAreaId') ?? '').toLowerCase(),
    key: own.map((key) => values.get(key) ?? '').join(KEY_SEPARATOR),
  };
}

/** The name may be omitted if the type has only one key. */
function namedValues(tokens: readonly Token[], type: EntityType): Map<string, string> {
  const [only] = tokens;
  const [soleKey] = type.keys;
  if (tokens.length === 1 && only && type.keys.length === 1 && soleKey !== undefined)
    return new Map([[soleKey, literalOf(only, soleKey, type)]]);
  const values = new Map<string, string>();
  for (let at = 0; at < tokens.length; at += 4) {
    const [name, equals, value, comma] = tokens.slice(at, at + 4);
    const isPair = name?.kind === 'word' && isMark(equals, '=') && (!comma || isMark(comma, ','));
    if (!isPair || !value || !type.keys.includes(name.value)) throw badKey();
    values.set(name.value, literalOf(value, name.value, type));
  }
  return values;
}

function isMark(token: Token | undefined, mark: string): boolean {
  return token?.kind === 'mark' && token.value === mark;
}

function literalOf(token: Token, name: string, type: EntityType): string {
  const property = type.properties.get(name);
  if (property?.enumeration !== undefined) {
    if (token.kind === 'enum' && token.type === typeNameOf(property)) return token.value;
    throw badKey();
  }
  if (token.kind !== 'text') throw badKey();
  return token.value;
}

function badKey(): Error {
  return badQuery('Bad Request - Error in query syntax.');
}
