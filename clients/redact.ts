import { repairText } from '../domain/sync/text.ts';

const LONGEST = 300;
const SECRET_NAME =
  /^(authorization|client_secret|client_assertion|access_token|refresh_token|code|code_verifier|password|secret|signing_secret)$/i;
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/\b(bearer|basic)\s+[\w.~+/=-]+/gi, '$1 [redacted]'],
  [/eyJ[\w-]{6,}\.[\w.-]+/g, '[redacted]'],
  [
    /((?:client_secret|client_assertion|access_token|refresh_token|password)["']?\s*[:=]\s*["']?)[^"'&\s,}]+/gi,
    '$1[redacted]',
  ],
  // An OAuth token that is not a JWT, such as the 64 hexadecimal digits of Zendesk. Ids are shorter, or contain dots
  // and dashes.
  [/\b\w{40,}\b/g, '[redacted]'],
];

/**
 * Returns a message of a remote system in a form that can be logged and stored: on one line, at most `longest`
 * characters, without the given secrets and without anything that looks like a token. It can always be stored, also
 * when it was cut within a character.
 */
export function redact(text: string, secrets: readonly string[] = [], longest: number = LONGEST): string {
  let clean = text.slice(0, 16 * LONGEST);
  for (const secret of secrets) {
    for (const form of new Set([secret, encodeURIComponent(secret)])) clean = clean.replaceAll(form, '[redacted]');
  }
  clean = hideTokens(clean)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  return repairText(clean.length <= longest ? clean : `${clean.slice(0, longest - 1).trimEnd()}…`);
}

/**
 * Replaces whatever looks like a token, or is named as a secret by the word before it. The rest of the text stays
 * unchanged.
 */
export function hideTokens(text: string): string {
  return PATTERNS.reduce((clean, [pattern, replacement]) => clean.replace(pattern, replacement), text);
}

/** Returns the secrets in a request, so that they can be redacted from a response that repeats them. */
export function secretsOf(parts: {
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly form?: Readonly<Record<string, string>> | undefined;
  readonly json?: unknown;
}): readonly string[] {
  const json = typeof parts.json === 'object' && parts.json !== null ? parts.json : {};
  return [parts.headers ?? {}, parts.form ?? {}, json]
    .flatMap((record) => Object.entries(record))
    .flatMap(([name, value]: [string, unknown]) => (SECRET_NAME.test(name) && typeof value === 'string' ? [value] : []))
    .map((value) => value.replace(/^(bearer|basic)\s+/i, ''))
    .filter((value) => value.length >= 6);
}
