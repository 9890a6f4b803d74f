import { isJsonObject } from './json.ts';

/** The parts of an event that are stored and looked up. */
export interface EventParts {
  readonly ids: readonly (string | null)[];
  readonly type: string;
  readonly company?: string | undefined;
  readonly key?: string | undefined;
}

const MAX_ID = 200;
const MAX_TYPE = 200;
/** The longest keys and companies of F&O have 20 and 4 characters. */
const MAX_KEY = 60;
const MAX_COMPANY = 10;
const MAX_DEPTH = 32;

/**
 * Returns why an event can never be handled, as a sentence, or undefined. The sender gets 400, because sending it again
 * does not help. No other event is affected.
 */
export function eventDefect({ ids, type, company = '', key = '' }: EventParts): string | undefined {
  const parts = [
    ...ids.map((id) => ({ name: 'id', text: id ?? '', longest: MAX_ID })),
    { name: 'type', text: type, longest: MAX_TYPE },
    { name: 'company', text: company, longest: MAX_COMPANY },
    { name: 'key', text: key, longest: MAX_KEY },
  ];
  for (const { name, text, longest } of parts) {
    if (text.length > longest) return `The ${name} of the event is longer than ${longest} characters.`;
    if (/[\p{Cc}\p{Cs}]/u.test(text))
      return `The ${name} of the event contains a control character, or half of a character.`;
  }
  return undefined;
}

/** Returns why a payload is not read at all, or undefined. */
export function payloadDefect(payload: unknown): string | undefined {
  return isDeeper(payload, MAX_DEPTH) ? `The event has more than ${MAX_DEPTH} levels of JSON.` : undefined;
}

function isDeeper(value: unknown, levels: number): boolean {
  if (!Array.isArray(value) && !isJsonObject(value)) return false;
  if (levels === 0) return true;
  const members: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  return members.some((member) => isDeeper(member, levels - 1));
}
