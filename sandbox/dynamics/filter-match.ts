import type { Value } from './entity-type.ts';
import type { Comparison, Filter } from './filter.ts';
import { collated, compareCollated, textMatcher } from './text-order.ts';

/** Returns the value of one property of a row. */
export type ReadValue<Row> = (row: Row, property: string) => Value;

/** Creates the predicate that tells whether a row matches the filter. */
export function matcher<Row>(filter: Filter, read: ReadValue<Row>): (row: Row) => boolean {
  if (filter.kind === 'not') {
    const inner = matcher(filter.operand, read);
    return (row) => !inner(row);
  }
  if (filter.kind === 'compare') {
    const test = valueTest(filter);
    const { name } = filter.property;
    return (row) => test(read(row, name));
  }
  const left = matcher(filter.left, read);
  const right = matcher(filter.right, read);
  return filter.kind === 'and' ? (row) => left(row) && right(row) : (row) => left(row) || right(row);
}

function valueTest({ operator, property, literal }: Comparison): (value: Value) => boolean {
  if (literal === null) return () => operator === 'ne';
  if (property.enumeration !== undefined) return (value) => (value === literal) === (operator === 'eq');
  if (typeof literal === 'string' && (operator === 'eq' || operator === 'ne')) {
    const matches = textMatcher(literal);
    return (value) => matches(String(value)) === (operator === 'eq');
  }
  const compare = comparator(property.type === 'Edm.DateTimeOffset', literal);
  switch (operator) {
    case 'eq':
      return (value) => compare(value) === 0;
    case 'ne':
      return (value) => compare(value) !== 0;
    case 'gt':
      return (value) => compare(value) > 0;
    case 'ge':
      return (value) => compare(value) >= 0;
    case 'lt':
      return (value) => compare(value) < 0;
    case 'le':
      return (value) => compare(value) <= 0;
    default:
      return operator satisfies never;
  }
}

function comparator(isTime: boolean, literal: string | number): (value: Value) => number {
  if (typeof literal === 'string') {
    const wanted = collated(literal);
    return (value) => compareCollated(collated(String(value)), wanted);
  }
  return (value) => (isTime ? Date.parse(String(value)) : Number(value)) - literal;
}

/**
 * Returns the collated values that a property must have in rows that match the filter; undefined when the filter does
 * not restrict it. With them, a look-up of some keys uses the index instead of reading every row.
 */
export function wantedValues(filter: Filter, property: string): ReadonlySet<string> | undefined {
  if (filter.kind === 'compare') {
    const { literal, operator } = filter;
    const isKey = filter.property.name === property && operator === 'eq' && typeof literal === 'string';
    return isKey && !literal.includes('*') ? new Set([collated(literal)]) : undefined;
  }
  if (filter.kind === 'not') return undefined;
  const left = wantedValues(filter.left, property);
  const right = wantedValues(filter.right, property);
  if (filter.kind === 'and') return left ?? right;
  return left && right ? new Set([...left, ...right]) : undefined;
}

/** Returns the collated values with which a filter compares a property by `eq`, wherever they stand in it. */
export function namedValues(filter: Filter, property: string): ReadonlySet<string> {
  if (filter.kind === 'not') return namedValues(filter.operand, property);
  if (filter.kind !== 'compare')
    return new Set([...namedValues(filter.left, property), ...namedValues(filter.right, property)]);
  const { literal, operator } = filter;
  const isNamed = filter.property.name === property && operator === 'eq' && typeof literal === 'string';
  return new Set(isNamed ? [collated(literal)] : []);
}
