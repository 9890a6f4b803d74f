/** Returns a text in the form in which SQL Server compares it: without case and trailing blanks. */
export function collated(text: string): string {
  return text.replace(/ +$/, '').toLowerCase();
}

/** Compares two collated texts. Returns a negative number when the first one comes first. */
export function compareCollated(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Returns the predicate of `eq` with a literal. A star in it matches any text (Microsoft docs, OData: wildcards). */
export function textMatcher(literal: string): (text: string) => boolean {
  if (!literal.includes('*')) {
    const wanted = collated(literal);
    return (text) => text === literal || collated(text) === wanted;
  }
  const parts = collated(literal)
    .split('*')
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(`^${parts.join('.*')}$`, 's');
  return (text) => pattern.test(collated(text));
}
