/** Parses a URL, absolute or against a base; undefined instead of an error for what is none. */
export function parseUrl(text: string, base?: string): URL | undefined {
  return URL.canParse(text, base) ? new URL(text, base) : undefined;
}
