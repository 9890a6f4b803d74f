import type { RecordKey } from './record.ts';
import { externalIdUnsupported, type Rejection } from './rejection.ts';

const PLACEHOLDERS = ['{legalEntity}', '{kind}', '{accountNumber}'] as const;
const MAX_LENGTH = 255;

/** Returns what is wrong with an external id template, as a sentence; undefined when nothing is. */
export function templateMistake(template: string): string | undefined {
  if (!template.includes('{accountNumber}')) return 'must contain {accountNumber}';
  const placeholder = /\{[^}]*\}/g;
  const unknown = (template.match(placeholder) ?? []).find((found) => !PLACEHOLDERS.some((known) => known === found));
  if (unknown !== undefined) return `can use ${PLACEHOLDERS.join(', ')}, but not ${unknown}`;
  if (/[,{}]/.test(template.replace(placeholder, ''))) return 'must not contain a comma or a single brace';
  return undefined;
}

/**
 * Returns the template of a connection that names none: the bare account number only when exactly one legal entity is named,
 * since account numbers repeat between legal entities.
 */
export function defaultTemplate(legalEntities: readonly string[]): string {
  return legalEntities.length === 1 ? '{accountNumber}' : '{legalEntity}:{accountNumber}';
}

/** Renders the external id of a record by the template of its kind, or says why it cannot have one. Throws for a kind without template. */
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

/** What the external ids of a connection are rendered for. Legal entities are lower case; an empty list means any. */
export interface RenderedFor {
  readonly legalEntities: readonly string[];
  readonly kinds: readonly string[];
}

/** Returns whether a template could have given an external id to some account. Like Zendesk's look-ups it ignores case. */
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

/** `show_many` separates external ids by commas (Zendesk docs, Organizations). */
function unsupportedBecause(externalId: string): string | undefined {
  if (externalId.includes(',')) return 'contains a comma';
  if (externalId.length > MAX_LENGTH) return `is longer than ${MAX_LENGTH} characters`;
  if (/\p{Cc}/u.test(externalId)) return 'contains a control character';
  return undefined;
}

/** Returns the form in which external ids are compared: Zendesk ignores case and surrounding blanks (Zendesk docs, Organizations). */
export function externalIdKey(externalId: string): string {
  return externalId.trim().toLowerCase();
}
