const LONG_INTEGER = /(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;

/**
 * Parses JSON without losing digits of long integers. An integer of 16 digits or more becomes a string, because ids of
 * Zendesk and record ids of F&O have 64 bits and a JavaScript number has 53. Throws SyntaxError as JSON.parse does.
 */
export function parseLosslessJson(text: string): unknown {
  return JSON.parse(/\d{16}/.test(text) ? quoteLongIntegers(text) : text);
}

function quoteLongIntegers(text: string): string {
  const parts: string[] = [];
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf('"', at);
    const end = open === -1 ? text.length : open;
    parts.push(text.slice(at, end).replace(LONG_INTEGER, '"$&"'));
    at = open === -1 ? text.length : endOfString(text, open);
    if (open !== -1) parts.push(text.slice(open, at));
  }
  return parts.join('');
}

function endOfString(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}
