import { describe, expect, it } from '@jest/globals';
import { createOutageWatch, OverloadedError } from '../../../api/ingress/outage.ts';
import { DeadlineError, type WithDeadline } from '../../../api/ingress/deadline.ts';

const LIMIT_MS = 100;
const LIMITS = { request: LIMIT_MS, probe: LIMIT_MS / 2 };
const never = new Promise<never>(() => undefined);

/** A request whose event is accepted once `work` is done. */
const request = (work: Promise<unknown>) => async (withDeadline: WithDeadline) => {
  await withDeadline(work);
  return { accepted: true };
};

const errorOf = (work: Promise<void>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('the outage watch of an endpoint', () => {
  it('refuses all waiting requests once one has failed and none has succeeded meanwhile', async () => {
    const watch = createOutageWatch(LIMITS);
    const first = errorOf(watch(request(never)));
    await new Promise((resolve) => setTimeout(resolve, LIMIT_MS * 0.6));
    const since = performance.now();
    const second = errorOf(watch(request(never)));
    expect(await first).toBeInstanceOf(DeadlineError);
    expect(await second).toBeInstanceOf(OverloadedError);
    expect(performance.now() - since).toBeLessThan(LIMIT_MS * 0.9);
  });

  it('lets one request at a time through as a probe during an outage, and all again once one succeeded', async () => {
    const watch = createOutageWatch(LIMITS);
    await errorOf(watch(request(never)));
    const trying = errorOf(watch(request(never)));
    expect(await errorOf(watch(request(Promise.resolve())))).toBeInstanceOf(OverloadedError);
    expect(await trying).toBeInstanceOf(DeadlineError);
    expect(await errorOf(watch(request(Promise.resolve())))).toBeUndefined();
    const both = [watch(request(Promise.resolve())), watch(request(Promise.resolve()))].map(errorOf);
    expect(await Promise.all(both)).toEqual([undefined, undefined]);
  });

  it('keeps the others waiting while some succeed, because slow is not an outage', async () => {
    const watch = createOutageWatch(LIMITS);
    const slow = errorOf(watch(request(never)));
    await watch(request(Promise.resolve()));
    const later = errorOf(watch(request(new Promise((resolve) => setTimeout(resolve, LIMIT_MS * 0.8)))));
    expect(await slow).toBeInstanceOf(DeadlineError);
    expect(await later).toBeUndefined();
  });

  it('does not treat another kind of error as an outage', async () => {
    const watch = createOutageWatch(LIMITS);
    const mistake = new Error('A mistake in one event.');
    expect(await errorOf(watch(request(Promise.reject(mistake))))).toBe(mistake);
    const both = [watch(request(Promise.resolve())), watch(request(Promise.resolve()))].map(errorOf);
    expect(await Promise.all(both)).toEqual([undefined, undefined]);
  });

  it('refuses further requests while 256 are in progress', async () => {
    const watch = createOutageWatch(LIMITS);
    const served = Array.from({ length: 256 }, () => errorOf(watch(request(never))));
    expect(await errorOf(watch(request(Promise.resolve())))).toBeInstanceOf(OverloadedError);
    await Promise.all(served);
  });
});
