/** A merge of two organizations. */
export interface Merge {
  readonly id: string;
  readonly loserId: number;
  readonly winnerId: number;
  status: 'new' | 'in_progress' | 'error' | 'complete';
}

/** The merges of the account. */
export interface Merges {
  add(merge: Merge): Merge;
  find(id: string): Merge | undefined;
  ofLoser(organizationId: number): Merge[];
}

/** Creates an empty list of merges. */
export function createMerges(): Merges {
  const merges = new Map<string, Merge>();
  return {
    add: (merge) => {
      merges.set(merge.id, merge);
      return merge;
    },
    find: (id) => merges.get(id),
    ofLoser: (organizationId) => [...merges.values()].filter(({ loserId }) => loserId === organizationId),
  };
}
