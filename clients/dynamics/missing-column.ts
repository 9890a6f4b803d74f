/**
 * The sentence by which F&O refuses a query with a column that the entity does not have. It contains names of the schema
 * only, so it may be shown (recorded answers of live environments).
 */
const SENTENCE = /Could not find a property named '([A-Za-z_]\w*)' on type '([A-Za-z_][\w.]*)'/;

/** A column that F&O does not know, and the entity type. */
export interface MissingColumn {
  readonly column: string;
  readonly type: string;
}

/** Returns the column that a message of F&O says is missing; undefined when it says something else. */
export function missingColumnIn(message: string): MissingColumn | undefined {
  const [, column, type = ''] = SENTENCE.exec(message) ?? [];
  return column === undefined ? undefined : { column, type: type.split('.').at(-1) ?? '' };
}
