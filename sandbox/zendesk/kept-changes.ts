import type { ZendeskSettings } from './settings.ts';

/**
 * Returns the changes that an account keeps, which it does not report: without tags when tagging is off, and with names
 * without runs of blanks.
 */
export function keptChanges<Changes extends { readonly tags?: readonly string[]; readonly name?: string }>(
  changes: Changes,
  { tagging, collapsesBlanks }: Pick<ZendeskSettings, 'tagging' | 'collapsesBlanks'>,
): Changes {
  const { name } = changes;
  const kept = Object.entries(changes).filter(([member]) => tagging === 'on' || member !== 'tags');
  const shortened = collapsesBlanks && name !== undefined ? { name: name.replace(/\s+/g, ' ') } : {};
  return { ...Object.fromEntries(kept), ...shortened } as Changes;
}
