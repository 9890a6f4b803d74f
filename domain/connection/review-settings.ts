/** The operations whose number in one run is limited. */
export const LIMITED_OPERATIONS = ['create', 'update', 'retire'] as const;

/** An operation whose number in one run is limited. */
export type LimitedOperation = (typeof LIMITED_OPERATIONS)[number];

/**
 * What a person must approve. `first` is the first write of a connection, `changes` a change of mapping or scope, and
 * `every` each run, or only one that exceeds a limit. `share` is a part of the linked records (0 to 1). A limit counts
 * only above `floor`. A plan can be approved for `expiresMs`.
 */
export interface ReviewSettings {
  readonly first: 'ask' | 'off';
  readonly changes: 'ask' | 'off';
  readonly every: 'limits' | 'ask' | 'off';
  readonly share: Readonly<Record<LimitedOperation, number>>;
  readonly floor: Readonly<Record<LimitedOperation, number>>;
  readonly expiresMs: number;
}

/** The review settings of a connection whose file names none. */
export const DEFAULT_REVIEW: ReviewSettings = {
  ...{ first: 'ask', changes: 'ask', every: 'limits' },
  share: { create: 0.25, update: 0.5, retire: 0.05 },
  floor: { create: 100, update: 100, retire: 20 },
  expiresMs: 86_400_000,
};

/** Returns the review settings of a connection. Settings from before version 0.3.0 have none. */
export function reviewOf({ review }: { readonly review?: ReviewSettings | undefined }): ReviewSettings {
  return review ?? DEFAULT_REVIEW;
}
