import type { RecordKey } from './record.ts';
import { externalIdUnsupported, type Rejection } from './rejection.ts';

const PLACEHOLDERS = ['{legalEntity}', '{kind}', '{accountNumber}'] as const;
const MAX_LENGTH = 255;

/**
 * Returns the mistake in an external id template, which completes the sentence "The template …"; undefined if it is
 * valid.
 */
export function templateMistake(template: string): string | undefined {
  if (!template.includes('{accountNumber}')) return 'must contain {accountNumber}';
  const placeholder = /\{[^}]*\}/g;
  const unknown = (template.match(placeholder) ?? []).find((found) => !PLACEHOLDERS.some((known) => known === found));
  if (unknown !== undefined) return `can use ${PLACEHOLDERS.join(', ')}, but not ${unknown}`;
  if (/[,{}]/.test(template.replace(placeholder, ''))) return 'must not contain a comma or a single brace';
  return undefined;
}

/**
 * Returns the default template. It contains the legal entity unless the connection has exactly one, because account
 * numbers can repeat in other legal entities.
 */
export function defaultTemplate(legalEntities: readonly string[]): string {
  return legalEntities.length === 1 ? '{accountNumber}' : '{legalEntity}:{accountNumber}';
}

/**
 * Renders the external id of a record by the template of its kind, or returns a rejection. Throws for a kind without
 * template.
 */
export function renderExternalId(
  templates: Readonly<Record<string, string>>,
  key: RecordKey,
): { externalId: string } | { rejection: Rejection } {
  const template = templates[key.kind];
  if (template === undefined) throw new Error(`The kind "${key.kind}" has no template of external ids.`);
  const externalId = template
    .replaceAll('{legalEntity}', () => key.legalEntity)
    .replaceAll('{kind}', () => key.kind)
    .replaceAll(/\{(?:accountNumber|contactId)\}/g, () => key.key);
  const because = unsupportedBecause(externalId);
  return because === undefined ? { externalId } : { rejection: externalIdUnsupported(externalId, because) };
}

/**
 * The legal entities and kinds of the accounts of a connection. Legal entities are lower case. An empty list means any.
 */
export interface RenderedFor {
  readonly legalEntities: readonly string[];
  readonly kinds: readonly string[];
}

/** Returns whether an external id matches a template for some account. Ignores case, as Zendesk does. */
export function couldRender(template: string, externalId: string, { legalEntities, kinds }: RenderedFor): boolean {
  const literal = (text: string): string => text.replaceAll(/[/\\^$*+?.()|[\]{}-]/g, '\\$&');
  const oneOf = (values: readonly string[]): string => `(?:${values.map(literal).join('|')})`;
  const values: Readonly<Record<string, string>> = {
    '{legalEntity}': legalEntities.length === 0 ? '.+' : oneOf(legalEntities),
    '{kind}': oneOf(kinds),
    '{accountNumber}': '.+',
  };
  const parts = template.split(/(\{[^}]*\})/).map((part) => values[part] ?? literal(part));
  return new RegExp(`^${parts.join('')}$`, 'iu').test(externalId.trim());
}

/**
 * Returns why Zendesk cannot look up an external id. `show_many` separates ids by commas (Zendesk docs, Organizations).
 */
function unsupportedBecause(externalId: string): string | undefined {
  if (externalId.includes(',')) return 'contains a comma';
  if (externalId.length > MAX_LENGTH) return `is longer than ${MAX_LENGTH} characters`;
  if (/\p{Cc}/u.test(externalId)) return 'contains a control character';
  return undefined;
}

/**
 * Returns the compared form of an external id. Zendesk ignores case and surrounding blanks (Zendesk docs,
 * Organizations).
 */
export function externalIdKey(externalId: string): string {
  return externalId.trim().toLowerCase();
}
