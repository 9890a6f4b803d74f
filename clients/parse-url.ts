/** Parses a URL, absolute or relative to a base. Returns undefined when the text is not a URL. */
export function parseUrl(text: string, base?: string): URL | undefined {
  return URL.canParse(text, base) ? new URL(text, base) : undefined;
}
