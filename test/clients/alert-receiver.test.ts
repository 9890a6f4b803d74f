import { afterEach, describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { createAlertReceiver } from '../../clients/alert-receiver.ts';
import { createEgress } from '../../clients/egress.ts';
import { createExchange } from '../../clients/exchange.ts';
import type { Alert } from '../../domain/operations/health.ts';
import { findFreePort } from '../../runtime/processes/free-port.ts';
import { closeLoopbacks, startLoopback, type LoopbackReply } from '../fixtures/loopback.ts';

const ALERT: Alert = {
  ...{ id: 'an-id', connectionId: 'contoso', subject: 'sync', isFailing: true, code: 'unreachable' },
  ...{ message: 'Größe “unknown”: check the address.', runId: 'a run/1', at: '2026-11-26T10:00:00.000Z' },
};
const NOW_MS = Date.UTC(2026, 10, 26, 10, 0, 5);

afterEach(() => closeLoopbacks());

const receiverAt = (url: string, secret = 'any text', publicUrl?: string) =>
  createAlertReceiver({
    url,
    secret,
    publicUrl,
    exchange: createExchange(createEgress(['127.0.0.1'])),
    clock: () => NOW_MS,
  });

describe('an alert that is sent', () => {
  it.each([
    ['whsec_ and base64', `whsec_${Buffer.alloc(32, 5).toString('base64')}`, Buffer.alloc(32, 5)],
    ['plain text', 'geheim: größer', Buffer.from('geheim: größer')],
  ])('is signed over its exact bytes, with a key that is %s', async (_, secret, key) => {
    const server = await startLoopback(() => ({ status: 204 }));
    await receiverAt(`${server.origin}/hook?room=1`, secret, 'https://ledgerdesk.example.com')(ALERT);
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'POST', url: '/hook?room=1' });
    const { headers, body = '' } = request ?? {};
    const signature = createHmac('sha256', key).update(`an-id.1795687205.${body}`).digest('base64');
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'webhook-id': 'an-id',
      'webhook-timestamp': '1795687205',
      'webhook-signature': `v1,${signature}`,
    });
    expect(JSON.parse(body)).toEqual({
      type: 'sync.failed',
      timestamp: ALERT.at,
      data: {
        ...{ connectionId: 'contoso', code: 'unreachable', message: ALERT.message, runId: 'a run/1' },
        link: 'https://ledgerdesk.example.com/api/runs/a%20run%2F1',
      },
    });
  });

  it.each<[string, LoopbackReply, RegExp]>([
    ['a server error', { status: 503, body: 'a secret' }, /responded with 503/],
    ['a redirect, which is not followed', { status: 307, headers: { location: '/elsewhere' } }, /responded with 307/],
    ['a response that is too large', { status: 200, body: 'x'.repeat(1_000_000) }, /not respond \(BODY_TOO_LARGE\)/],
  ])('is not delivered if the response is %s', async (_, reply, sentence) => {
    const server = await startLoopback(() => reply);
    const failure = await receiverAt(server.origin)(ALERT).catch((error: unknown) => error as Error);
    expect(failure).toMatchObject({ name: 'AlertNotDeliveredError', message: expect.stringMatching(sentence) });
    expect(String(failure)).not.toMatch(/127\.0\.0\.1|a secret/);
    expect(server.requests).toHaveLength(1);
  });

  it('is not sent to a private address, unless an operator has allowed its host', async () => {
    const server = await startLoopback(() => ({ status: 204 }));
    const url = server.origin.replace('http://127.0.0.1', 'https://localhost');
    await expect(receiverAt(url)(ALERT)).rejects.toThrow(
      /^The receiver of alerts has a private address\. If that is intended, add its host to LEDGERDESK_ALLOW_HOSTS\./,
    );
    expect(server.connections()).toBe(0);
  });

  it('is not delivered if no server listens', async () => {
    const failure = receiverAt(`http://127.0.0.1:${await findFreePort()}`)(ALERT);
    await expect(failure).rejects.toThrow(
      /did not respond \(ECONNREFUSED\)\. Check LEDGERDESK_ALERT_URL and the receiver\./,
    );
  });
});
