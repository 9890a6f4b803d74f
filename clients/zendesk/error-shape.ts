import { member, textMember } from '../classify.ts';

/** The error code and the message in a failed response of Zendesk. */
export interface ZendeskRefusal {
  readonly code: string | null;
  readonly detail: string | null;
}

/**
 * Reads the body of a failed response in every shape that Zendesk sends: `{error: text, description |
 * error_description, details}`, `{error: {title, message}}`, `{errors: [{code, title, detail}]}`, and `{title, detail}`
 * from its edge servers.
 */
export function readRefusal(body: unknown): ZendeskRefusal {
  const error = member(body, 'error');
  if (typeof error === 'string') {
    const sentence =
      textMember(body, 'description') ?? textMember(body, 'error_description') ?? textMember(body, 'message');
    return {
      code: error,
      detail: join([flattenDetails(member(body, 'details')) ?? sentence, isCode(error) ? null : error]),
    };
  }
  const first = firstOf(member(body, 'errors')) ?? (typeof error === 'object' && error !== null ? error : body);
  const title = textMember(first, 'title');
  const detail = textMember(first, 'detail') ?? textMember(first, 'message') ?? textMember(first, 'description');
  return { code: textMember(first, 'code') ?? title ?? null, detail: detail ?? title ?? null };
}

/**
 * Returns `details` as one string. It is a string in job results, and else has arrays of `{description, error}` by
 * attribute.
 */
export function flattenDetails(details: unknown): string | undefined {
  if (typeof details === 'string') return details.trim() === '' ? undefined : details;
  if (typeof details !== 'object' || details === null) return undefined;
  const parts = Object.entries(details as Readonly<Record<string, unknown>>).flatMap(([attribute, entries]) =>
    (Array.isArray(entries) ? (entries as readonly unknown[]) : [entries]).map((entry) => describe(attribute, entry)),
  );
  return parts.length === 0 ? undefined : parts.join('; ');
}

function describe(attribute: string, entry: unknown): string {
  if (typeof entry === 'string') return `${attribute}: ${entry}`;
  const code = textMember(entry, 'error') ?? textMember(entry, 'type');
  return `${attribute}: ${textMember(entry, 'description') ?? 'not accepted'}${code === undefined ? '' : ` (${code})`}`;
}

function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? (value as readonly unknown[])[0] : undefined;
}

const isCode = (text: string): boolean => /^\w+$/.test(text);

function join(parts: readonly (string | null | undefined)[]): string | null {
  const present = parts.filter((part) => part !== null && part !== undefined);
  return present.length === 0 ? null : present.join('; ');
}
