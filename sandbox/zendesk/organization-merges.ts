/** A merge of two organizations. */
export interface Merge {
  readonly id: string;
  readonly loserId: number;
  readonly winnerId: number;
  status: 'new' | 'in_progress' | 'error' | 'complete';
}

/** The merges that were asked for. */
export interface Merges {
  add(merge: Merge): Merge;
  find(id: string): Merge | undefined;
  ofLoser(organizationId: number): Merge[];
}

/** Makes an account in which nothing was merged. */
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
