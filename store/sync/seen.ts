import type { MappedParts } from '../../domain/sync/mapping.ts';

/**
 * Organizations or users in an answer of Zendesk to a request sent at `askedAt`, and which parts of them are mapped.
 */
export interface Seen<Item> {
  readonly items: readonly Item[];
  readonly askedAt: Date;
  readonly mapped: MappedParts;
}

/** Ids of organizations or users that did not exist in Zendesk at `askedAt`. */
export interface Gone {
  readonly ids: readonly string[];
  readonly askedAt: Date;
}
