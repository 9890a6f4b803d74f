import { afterEach, describe, expect, it } from '@jest/globals';
import { createSender } from '../core/sender.ts';
import type { Receiver } from './receiver.ts';
import { startReceiver } from './receiver.ts';

describe('the sender of the sandbox', () => {
  const sender = createSender();
  let receiver: Receiver | undefined;

  afterEach(async () => {
    sender.close();
    await receiver?.close();
  });

  it('returns the response or the reason why there is none, and never rejects', async () => {
    receiver = await startReceiver();
    receiver.respond = (_request, count) =>
      count === 1 ? { status: 301, headers: { location: '/away' }, body: 'moved' } : { status: 200, afterMs: 300 };
    const outgoing = { url: receiver.url, method: 'POST', headers: { 'X-Own': ['a', 'b'] }, body: 'é', timeoutMs: 100 };
    expect(await sender.send(outgoing)).toMatchObject({ kind: 'answered', status: 301, body: 'moved' });
    expect(receiver.request(1)).toMatchObject({ body: 'é', rawHeaders: expect.arrayContaining(['X-Own', 'a', 'b']) });
    expect(await sender.send(outgoing)).toEqual({ kind: 'timeout' });
    const nowhere = { ...outgoing, url: 'http://127.0.0.1:9/' };
    expect(await sender.send(nowhere)).toMatchObject({
      kind: 'unreachable',
      reason: expect.stringContaining('ECONNREFUSED'),
    });
    expect(await sender.send({ ...outgoing, url: 'nonsense' })).toMatchObject({ kind: 'unreachable' });
  });

  it('measures the time of a request from the moment when a connection is available', async () => {
    receiver = await startReceiver();
    receiver.respond = () => ({ status: 200, afterMs: 100 });
    const single = createSender(1);
    const outgoing = { url: receiver.url, method: 'POST', headers: {}, timeoutMs: 250 };
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => single.send(outgoing)));
    single.close();
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array<string>(6).fill('answered'));
  });
});
