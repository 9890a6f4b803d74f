import { describe, expect, it } from '@jest/globals';
import { createOutageWatch, OverloadedError } from '../../../api/ingress/outage.ts';
import { DeadlineError, type InTime } from '../../../api/ingress/within.ts';

const LIMIT_MS = 100;
const LIMITS = { take: LIMIT_MS, try: LIMIT_MS / 2 };
const never = new Promise<never>(() => undefined);

/** A sender whose event is taken once `behind` has answered. */
const sender = (behind: Promise<unknown>) => async (inTime: InTime) => {
  await inTime(behind);
  return { taken: true };
};

const errorOf = (work: Promise<void>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('the outage watch of an endpoint', () => {
  it('refuses all who wait once one has waited in vain and nobody was served meanwhile', async () => {
    const watched = createOutageWatch(LIMITS);
    const first = errorOf(watched(sender(never)));
    await new Promise((resolve) => setTimeout(resolve, LIMIT_MS * 0.6));
    const since = performance.now();
    const second = errorOf(watched(sender(never)));
    expect(await first).toBeInstanceOf(DeadlineError);
    expect(await second).toBeInstanceOf(OverloadedError);
    expect(performance.now() - since).toBeLessThan(LIMIT_MS * 0.9);
  });

  it('lets one request at a time try while nothing answers, and all again once one succeeded', async () => {
    const watched = createOutageWatch(LIMITS);
    await errorOf(watched(sender(never)));
    const trying = errorOf(watched(sender(never)));
    expect(await errorOf(watched(sender(Promise.resolve())))).toBeInstanceOf(OverloadedError);
    expect(await trying).toBeInstanceOf(DeadlineError);
    expect(await errorOf(watched(sender(Promise.resolve())))).toBeUndefined();
    const both = [watched(sender(Promise.resolve())), watched(sender(Promise.resolve()))].map(errorOf);
    expect(await Promise.all(both)).toEqual([undefined, undefined]);
  });

  it('keeps the others waiting while some are served, since slow is not the same as away', async () => {
    const watched = createOutageWatch(LIMITS);
    const slow = errorOf(watched(sender(never)));
    await watched(sender(Promise.resolve()));
    const later = errorOf(watched(sender(new Promise((resolve) => setTimeout(resolve, LIMIT_MS * 0.8)))));
    expect(await slow).toBeInstanceOf(DeadlineError);
    expect(await later).toBeUndefined();
  });

  it('takes no error of another kind for an outage', async () => {
    const watched = createOutageWatch(LIMITS);
    const mistake = new Error('A mistake in one event.');
    expect(await errorOf(watched(sender(Promise.reject(mistake))))).toBe(mistake);
    const both = [watched(sender(Promise.resolve())), watched(sender(Promise.resolve()))].map(errorOf);
    expect(await Promise.all(both)).toEqual([undefined, undefined]);
  });

  it('refuses further requests while 256 are being served', async () => {
    const watched = createOutageWatch(LIMITS);
    const served = Array.from({ length: 256 }, () => errorOf(watched(sender(never))));
    expect(await errorOf(watched(sender(Promise.resolve())))).toBeInstanceOf(OverloadedError);
    await Promise.all(served);
  });
});
