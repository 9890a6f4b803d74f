import type { EntityType, Property } from './entity-type.ts';
import { typeNameOf } from './entity-type.ts';
import { ENUMERATIONS, NAMESPACE } from './enumerations.ts';
import type { Token } from './filter-tokens.ts';
import { tokenize } from './filter-tokens.ts';
import { badQuery, unknownProperty } from './refusal.ts';

/** The operator of a comparison. */
export type Operator = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le';

/** A comparison of a property with a literal of its type. Null equals nothing. */
export interface Comparison {
  readonly kind: 'compare';
  readonly operator: Operator;
  readonly property: Property;
  readonly literal: string | number | null;
}

/** A condition on rows. */
export type Filter =
  | Comparison
  | { readonly kind: 'and' | 'or'; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'not'; readonly operand: Filter };

interface Reader {
  readonly type: EntityType;
  readonly source: string;
  readonly tokens: readonly Token[];
  at: number;
}

const OPERATOR_KINDS: Readonly<Record<Operator, string>> = {
  eq: 'Equal',
  ne: 'NotEqual',
  gt: 'GreaterThan',
  ge: 'GreaterThanOrEqual',
  lt: 'LessThan',
  le: 'LessThanOrEqual',
};

/**
 * Parses and type-checks a `$filter`. Throws a 400 for everything that F&O does not accept, including `in` and `has`.
 */
export function parseFilter(source: string, type: EntityType): Filter {
  const reader: Reader = { type, source, tokens: tokenize(source), at: 0 };
  const filter = readOr(reader);
  if (reader.at < reader.tokens.length) throw syntaxError(reader);
  return filter;
}

function readOr(reader: Reader): Filter {
  let left = readAnd(reader);
  while (takeWord(reader, 'or')) left = { kind: 'or', left, right: readAnd(reader) };
  return left;
}

function readAnd(reader: Reader): Filter {
  let left = readUnary(reader);
  while (takeWord(reader, 'and')) left = { kind: 'and', left, right: readUnary(reader) };
  return left;
}

function readUnary(reader: Reader): Filter {
  if (takeWord(reader, 'not')) return { kind: 'not', operand: readUnary(reader) };
  if (!takeMark(reader, '(')) return readComparison(reader);
  const inner = readOr(reader);
  if (!takeMark(reader, ')')) throw syntaxError(reader);
  return inner;
}

function readComparison(reader: Reader): Comparison {
  const name = next(reader);
  if (name.kind !== 'word') throw syntaxError(reader);
  const property = propertyOf(reader, name.value);
  const operator = next(reader);
  if (operator.kind !== 'word' || !isOperator(operator.value)) throw syntaxError(reader);
  const literal = next(reader);
  const comparison = { kind: 'compare', operator: operator.value, property } as const;
  return { ...comparison, literal: literalOf(literal, comparison, reader) };
}

function propertyOf({ type, tokens, at }: Reader, name: string): Property {
  const following = tokens[at];
  if (following?.kind === 'mark' && following.value === '(')
    throw badQuery(`An unknown function with name '${name}' was found.`);
  const property = type.properties.get(name);
  if (!property) throw unknownProperty(name, type);
  if (property.isMemo) throw badQuery(`The field '${name}' holds text of any length and cannot be used in a filter.`);
  return property;
}

function literalOf(
  token: Token,
  { operator, property }: Omit<Comparison, 'literal'>,
  reader: Reader,
): string | number | null {
  if (token.kind === 'mark') throw syntaxError(reader);
  if (token.kind === 'word') {
    if (token.value === 'null') return null;
    throw reader.type.properties.has(token.value) || token.value === 'true' || token.value === 'false'
      ? incompatible(
          property,
          token.value === 'true' || token.value === 'false' ? 'Edm.Boolean' : 'Edm.String',
          operator,
        )
      : unknownProperty(token.value, reader.type);
  }
  const type = typeOfToken(token);
  if (!fits(property, token)) throw incompatible(property, type, operator);
  if (token.kind === 'enum') requireEnumUse(token, operator);
  return token.kind === 'time' ? Date.parse(token.value) : token.value;
}

type Literal = Exclude<Token, { kind: 'word' | 'mark' }>;

function typeOfToken(token: Literal): string {
  switch (token.kind) {
    case 'text':
      return 'Edm.String';
    case 'enum':
      return token.type;
    case 'time':
      return 'Edm.DateTimeOffset';
    case 'number':
      return Number.isInteger(token.value) ? 'Edm.Int32' : 'Edm.Decimal';
    default:
      return token satisfies never;
  }
}

/** Neither an unqualified text nor a number fits an enumeration (live responses). */
function fits(property: Property, token: Literal): boolean {
  if (property.enumeration !== undefined) return token.kind === 'enum' && token.type === typeNameOf(property);
  switch (property.type) {
    case 'Edm.String':
      return token.kind === 'text';
    case 'Edm.DateTimeOffset':
      return token.kind === 'time';
    case 'Edm.Int32':
    case 'Edm.Int64':
    case 'Edm.Decimal':
      return token.kind === 'number';
    default:
      return property.type satisfies never;
  }
}

function requireEnumUse(token: Extract<Token, { kind: 'enum' }>, operator: Operator): void {
  if (ENUMERATIONS[token.type.slice(NAMESPACE.length + 1)]?.includes(token.value) !== true)
    throw badQuery(`The string '${token.value}' is not a valid enumeration type constant.`);
  if (operator !== 'eq' && operator !== 'ne')
    throw badQuery(`The operator '${operator}' is not supported for the enumeration '${token.type}'.`);
}

function incompatible(property: Property, other: string, operator: Operator): Error {
  return badQuery(
    `A binary operator with incompatible types was detected. Found operand types '${typeNameOf(property)}' and '${other}' for operator kind '${OPERATOR_KINDS[operator]}'.`,
  );
}

function next(reader: Reader): Token {
  const token = reader.tokens[reader.at];
  reader.at += 1;
  if (!token) throw syntaxError(reader);
  return token;
}

function takeWord(reader: Reader, word: string): boolean {
  return take(reader, (token) => token.kind === 'word' && token.value === word);
}

function takeMark(reader: Reader, mark: string): boolean {
  return take(reader, (token) => token.kind === 'mark' && token.value === mark);
}

function take(reader: Reader, isWanted: (token: Token) => boolean): boolean {
  const token = reader.tokens[reader.at];
  if (!token || !isWanted(token)) return false;
  reader.at += 1;
  return true;
}

function isOperator(word: string): word is Operator {
  return Object.hasOwn(OPERATOR_KINDS, word);
}

function syntaxError({ source, at }: Reader): Error {
  return badQuery(`Syntax error at token ${at} in '${source}'.`);
}
