/** The form in which texts are compared: without regard to case and trailing blanks (SQL collation). */
export function collated(text: string): string {
  return text.replace(/ +$/, '').toLowerCase();
}

/** Compares two collated texts; negative when the first comes first. */
export function compareCollated(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** A test for `eq` with a literal: a star in it stands for any text (Microsoft docs, OData: wildcards). */
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
