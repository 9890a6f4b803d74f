import type { ZendeskSettings } from './settings.ts';

/** Returns the changes that an account keeps: without tags when tagging is off, which no write of a record reports. */
export function keptChanges<Changes extends { readonly tags?: readonly string[] }>(
  changes: Changes,
  { tagging }: Pick<ZendeskSettings, 'tagging'>,
): Changes {
  if (tagging === 'on' || changes.tags === undefined) return changes;
  return Object.fromEntries(Object.entries(changes).filter(([name]) => name !== 'tags')) as Changes;
}
