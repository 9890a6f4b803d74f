import type { RecordKey } from './record.ts';
import { externalIdUnsupported, type Rejection } from './rejection.ts';

const PLACEHOLDERS = ['{legalEntity}', '{kind}', '{accountNumber}'] as const;
const LONGEST = 255;

/** What is wrong with an external id template, as a sentence; undefined when nothing is. */
export function templateMistake(template: string): string | undefined {
  if (!template.includes('{accountNumber}')) return 'must contain {accountNumber}';
  const foreign = /\{[^}]*\}/g;
  const unknown = (template.match(foreign) ?? []).find((found) => !PLACEHOLDERS.some((known) => known === found));
  if (unknown !== undefined) return `knows ${PLACEHOLDERS.join(', ')}, not ${unknown}`;
  if (/[,{}]/.test(template.replace(foreign, ''))) return 'must not contain a comma or a lone brace';
  return undefined;
}

/**
 * The template of a connection that names none: the bare account number only when exactly one legal entity is named,
 * since account numbers repeat between legal entities.
 */
export function defaultTemplate(legalEntities: readonly string[]): string {
  return legalEntities.length === 1 ? '{accountNumber}' : '{legalEntity}:{accountNumber}';
}

/** Renders the external id of a record, or says why it cannot have one. */
export function renderExternalId(template: string, key: RecordKey): { externalId: string } | { rejection: Rejection } {
  const externalId = template
    .replaceAll('{legalEntity}', () => key.legalEntity)
    .replaceAll('{kind}', () => key.kind)
    .replaceAll(/\{(?:accountNumber|contactId)\}/g, () => key.key);
  const because = unsupportedBecause(externalId);
  return because === undefined ? { externalId } : { rejection: externalIdUnsupported(externalId, because) };
}

/**
 * Whether a template could have given an external id, for some account of these legal entities (lower case; none: of any).
 * Like Zendesk's look-ups it takes no regard of case.
 */
export function couldRender(template: string, externalId: string, legalEntities: readonly string[]): boolean {
  const literal = (text: string): string => text.replaceAll(/[/\\^$*+?.()|[\]{}-]/g, '\\$&');
  const values: Readonly<Record<string, string>> = {
    '{legalEntity}': legalEntities.length === 0 ? '.+' : `(?:${legalEntities.map(literal).join('|')})`,
    '{kind}': '(?:customer|vendor)',
    '{accountNumber}': '.+',
  };
  const parts = template.split(/(\{[^}]*\})/).map((part) => values[part] ?? literal(part));
  return new RegExp(`^${parts.join('')}$`, 'iu').test(externalId.trim());
}

/** Why an external id cannot be looked up: `show_many` separates external ids by commas (Zendesk docs, Organizations). */
function unsupportedBecause(externalId: string): string | undefined {
  if (externalId.includes(',')) return 'contains a comma';
  if (externalId.length > LONGEST) return `is longer than ${LONGEST} characters`;
  if (/\p{Cc}/u.test(externalId)) return 'contains a control character';
  return undefined;
}

/** The form in which external ids are compared: Zendesk ignores case and surrounding blanks (Zendesk docs, Organizations). */
export function externalIdKey(externalId: string): string {
  return externalId.trim().toLowerCase();
}
