/** An account in the seed data. The country decides its currency and language. */
export interface AccountLine {
  readonly number: string;
  readonly name: string;
  readonly group: string;
  readonly city: string;
  /** Three letters, or empty. */
  readonly country: string;
  /** Further properties of the account's entity set. */
  readonly extra?: Readonly<Record<string, string | number>>;
}

/** The columns of a line: number, name, group, city, country, further properties. */
export type AccountColumns = readonly [
  string,
  string,
  string,
  string,
  string,
  Readonly<Record<string, string | number>>?,
];

/** Returns the account of a line. */
export function accountLine([number, name, group, city, country, extra]: AccountColumns): AccountLine {
  return { number, name, group, city, country, ...(extra === undefined ? {} : { extra }) };
}
