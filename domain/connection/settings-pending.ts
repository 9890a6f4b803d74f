/** The revision of settings that waits for approval, and the paths of the settings that it would change. */
interface Pending {
  readonly no: number;
  readonly differs: readonly string[];
}

/** Returns the note on a run that used the settings until now, because newer ones wait for approval. */
export function settingsPending(
  connectionId: string,
  { no, differs }: Pending,
): { readonly code: string; readonly message: string } {
  return {
    code: 'settings_pending',
    message:
      `Changed settings wait for approval as revision ${no} (${differs.join(', ')}). Until then, Ledgerdesk works with the settings as they were. ` +
      `To see what they would change, run \`ledgerdesk preview ${connectionId}\`. To let them take effect, run \`ledgerdesk approve PLAN --hash HASH\`.`,
  };
}
