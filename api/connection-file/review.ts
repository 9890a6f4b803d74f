import { z } from 'zod';
import { DEFAULT_REVIEW, LIMITED_OPERATIONS, type ReviewSettings } from '../../domain/connection/review-settings.ts';
import { duration } from './fields.ts';

const PERCENT = /^(\d{1,3}(?:\.\d{1,2})?)\s*%$/;

/** A share of the linked records, such as "25%". Returns it as a number from 0 to 1. */
const share = z.string().transform((value, context) => {
  const percent = Number(PERCENT.exec(value.trim())?.[1] ?? Number.NaN);
  if (percent <= 100) return percent / 100;
  context.addIssue({ code: 'custom', message: 'must be a percentage from 0% to 100%, such as "25%"' });
  return z.NEVER;
});

const floor = z.int().min(0).max(10_000_000);

/** The schema of `review` in a connection file. */
export const reviewSchema = z.strictObject({
  first: z.enum(['ask', 'off']).nullish(),
  changes: z.enum(['ask', 'off']).nullish(),
  every: z.enum(['limits', 'ask', 'off']).nullish(),
  limits: z
    .strictObject({
      create: share.nullish(),
      update: share.nullish(),
      retire: share.nullish(),
      floor: z.strictObject({ create: floor.nullish(), update: floor.nullish(), retire: floor.nullish() }).nullish(),
    })
    .nullish(),
  expires: duration.nullish(),
});

/** Fills in the defaults of `review`. Returns undefined if the file has none. */
export function reviewSettingsOf(file: z.output<typeof reviewSchema> | null | undefined): ReviewSettings | undefined {
  if (file === null || file === undefined) return undefined;
  const { first, changes, every, limits, expires } = file;
  const filled = (
    given: Readonly<Partial<Record<string, number | null>>> | null | undefined,
    part: 'share' | 'floor',
  ) =>
    Object.fromEntries(
      LIMITED_OPERATIONS.map((name) => [name, given?.[name] ?? DEFAULT_REVIEW[part][name]]),
    ) as ReviewSettings['share'];
  const { floor: floors, ...shares } = limits ?? {};
  return {
    first: first ?? DEFAULT_REVIEW.first,
    changes: changes ?? DEFAULT_REVIEW.changes,
    every: every ?? DEFAULT_REVIEW.every,
    share: filled(shares, 'share'),
    floor: filled(floors, 'floor'),
    expiresMs: expires ?? DEFAULT_REVIEW.expiresMs,
  };
}
