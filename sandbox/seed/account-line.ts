/** An account as the seed writes it down. The country decides currency and language. */
export interface AccountLine {
  readonly number: string;
  readonly name: string;
  readonly group: string;
  readonly city: string;
  /** Three letters, or empty. */
  readonly country: string;
  /** Further properties by the names of the account's own entity set. */
  readonly extra?: Readonly<Record<string, string | number>>;
}

/** Columns of a line: number, name, group, city, country, further properties. */
export type AccountColumns = readonly [
  string,
  string,
  string,
  string,
  string,
  Readonly<Record<string, string | number>>?,
];

/** Reads a line from its columns. */
export function accountLine([number, name, group, city, country, extra]: AccountColumns): AccountLine {
  return { number, name, group, city, country, ...(extra === undefined ? {} : { extra }) };
}
