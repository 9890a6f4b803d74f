import type { MappedParts } from '../../domain/sync/mapping.ts';

/** Organizations or users that Zendesk has shown to a request made at `askedAt`, and the parts of them that are mapped. */
export interface Seen<Item> {
  readonly items: readonly Item[];
  readonly askedAt: Date;
  readonly mapped: MappedParts;
}

/** Organizations or users that Zendesk did not have at that time. */
export interface Gone {
  readonly ids: readonly string[];
  readonly askedAt: Date;
}
