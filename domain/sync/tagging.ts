import type { TargetName } from '../entity-spec.ts';

/**
 * What is known about the tagging of organizations or users, which is a setting of a Zendesk account. `shown` is what its
 * settings say; null if they do not say it.
 */
export interface TaggingState {
  readonly isOff: boolean;
  readonly shown: boolean | null;
}

/**
 * Returns the state after the settings were read again. Tags that Zendesk did not keep although its settings say that it
 * does are tried again only when the settings change to on, or when a person asks for a full sync.
 */
export function taggingAfter(before: TaggingState | undefined, shown: boolean | null, full: boolean): TaggingState {
  const isSwitchedOn = shown === true && before?.shown !== true;
  const wasInVain = before?.isOff === true && !isSwitchedOn && !full;
  return { isOff: shown === false || wasInVain, shown };
}

/** Returns the note that tags are not written. */
export function taggingOff(
  target: TargetName,
  tags: readonly string[],
): { readonly code: 'tagging_off'; readonly message: string } {
  return {
    code: 'tagging_off',
    message: `Zendesk does not keep tags of ${target}s, so Ledgerdesk does not write its own (${tags.join(', ')}). To have them, enable the tagging of users and organizations in the Admin Center, then run \`ledgerdesk sync ID --full\`.`,
  };
}
