import { getEventListeners } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createEgress } from '../../clients/egress.ts';
import { createHttp } from '../../clients/http.ts';
import { closeLoopbacks, type Loopback } from '../fixtures/loopback.ts';
import { createRecorder, failureOf, read, serve, write } from './kit.ts';

afterEach(closeLoopbacks);

describe('a signal that ends requests early', () => {
  /** Creates a client that gets the signal of each request from a function. */
  const httpWithSignal = (to: Loopback, signal: () => AbortSignal | undefined, observer = createRecorder()) =>
    createHttp({ system: 'zendesk', egress: createEgress([to.host]), observer, signal });

  it('ends a request that waits for a response, and notifies the observer', async () => {
    const controller = new AbortController();
    const to = await serve(() => {
      controller.abort();
      return undefined;
    });
    const recorder = createRecorder();
    const start = performance.now();
    const failure = await failureOf(httpWithSignal(to, () => controller.signal, recorder).request(read(to)));
    expect(failure).toMatchObject({ kind: 'unavailable', code: 'ERR_ABORTED', status: null });
    expect(performance.now() - start).toBeLessThan(2_000);
    expect(recorder.ended).toMatchObject([{ operation: 'read things', status: null, error: { code: 'ERR_ABORTED' } }]);
    expect(to.requests).toHaveLength(1);
  });

  it('ends a request whose response has begun', async () => {
    const controller = new AbortController();
    const to = await serve((_request, { response }) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"things":[', () => setImmediate(() => controller.abort()));
      return undefined;
    });
    expect(await failureOf(httpWithSignal(to, () => controller.signal).request(read(to)))).toMatchObject({
      kind: 'unavailable',
      code: 'ERR_ABORTED',
    });
  });

  it('ends a write as unsure', async () => {
    const controller = new AbortController();
    const to = await serve(() => {
      controller.abort();
      return undefined;
    });
    expect(await failureOf(httpWithSignal(to, () => controller.signal).request(write(to)))).toMatchObject({
      kind: 'unsure',
      code: 'ERR_ABORTED',
    });
  });

  it('closes the connection of the request that it ends', async () => {
    const controller = new AbortController();
    const to = await serve(() => {
      controller.abort();
      return undefined;
    });
    await failureOf(httpWithSignal(to, () => controller.signal).request(read(to)));
    await to.allClosed();
  });

  it('that is already aborted prevents requests', async () => {
    const to = await serve({ body: {} });
    const http = httpWithSignal(to, () => AbortSignal.abort());
    for (const request of [read(to), write(to)])
      expect((await failureOf(http.request(request))).code).toBe('ERR_ABORTED');
    expect(to.requests).toHaveLength(0);
  });

  it('is read for every request, and may be undefined', async () => {
    const signals = [AbortSignal.abort(), undefined, new AbortController().signal];
    const to = await serve({ body: {} });
    const http = httpWithSignal(to, () => signals.shift());
    expect((await failureOf(http.request(read(to)))).code).toBe('ERR_ABORTED');
    expect(await http.request(read(to))).toMatchObject({ status: 200 });
    expect(await http.request(read(to))).toMatchObject({ status: 200 });
    expect([signals.length, to.requests.length]).toEqual([0, 2]);
  });

  it('has no listeners after the end of a request, with any result', async () => {
    const { signal } = new AbortController();
    const to = await serve((_request, { nth, response }) => {
      if (nth < 3) return { status: nth === 1 ? 200 : 500, body: {} };
      response.socket?.destroy();
      return undefined;
    });
    const http = httpWithSignal(to, () => signal);
    await http.request(read(to));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(await failureOf(http.request(read(to)))).toMatchObject({ status: 500 });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(await failureOf(http.request(read(to)))).toMatchObject({ status: null });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('has no effect after the response', async () => {
    const controller = new AbortController();
    const to = await serve({ body: { a: 1 } });
    const http = httpWithSignal(to, () => controller.signal);
    expect(await http.request(read(to))).toMatchObject({ body: { a: 1 } });
    controller.abort();
    // An unhandled error would end the process one tick later.
    await new Promise(setImmediate);
    expect(to.requests).toHaveLength(1);
  });
});
