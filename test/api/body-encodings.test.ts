import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApi, type RunningApi } from './running-api.ts';

const GUID = '11111111-2222-3333-4444-555555555555';
const CONNECTION = {
  id: 'contoso',
  name: 'Børo',
  dynamics: {
    environmentUrl: 'https://contoso.operations.dynamics.com',
    tenantId: GUID,
    clientId: GUID,
    clientSecret: 'erp-secret-1',
  },
  zendesk: { subdomain: 'contoso', webhookSecret: 'signing-secret' },
};
const LATIN = Buffer.from(JSON.stringify(CONNECTION), 'latin1');

describe('the body of a request', () => {
  let api: RunningApi;
  beforeAll(async () => {
    api = await startApi();
    expect((await apply(Buffer.from(JSON.stringify(CONNECTION)))).status).toBe(200);
  });
  afterAll(() => api.close());

  function apply(body: Buffer, type = 'application/json') {
    const headers = { authorization: `Bearer ${api.token}`, 'content-type': type };
    return api.askPlainly('POST', '/api/connections', { headers, body: new Uint8Array(body) });
  }
  const name = async () => ((await api.ask('GET', '/api/connections/contoso')).body as { name: string }).name;
  const notText = (place: string) => ({
    status: 400,
    body: { error: { code: 'malformed', message: expect.stringContaining(`is not valid UTF-8 at ${place}`) } },
  });

  it('is refused if it is not UTF-8, with the place, and changes nothing', async () => {
    expect(await apply(LATIN)).toMatchObject(notText('line 1, column 26'));
    expect(await name()).toBe('Børo');
  });

  it('may begin with a byte order mark, and may not name another encoding', async () => {
    expect((await apply(Buffer.from(`\u{feff}${JSON.stringify({ ...CONNECTION, name: 'Bæro' })}`))).status).toBe(200);
    expect(await name()).toBe('Bæro');
    const refused = await apply(LATIN, 'application/json; charset=iso-8859-1');
    expect(refused).toMatchObject({ status: 415, body: { error: { code: 'unsupported_encoding' } } });
  });

  it.each(['[', '"text"', '5', 'null', '{"a": }'])('is refused if it is %p', async (body) => {
    expect(await apply(Buffer.from(body))).toMatchObject({ status: 400, body: { error: { code: 'malformed' } } });
  });

  it('of an event of F&O is refused if it is not UTF-8, and the event is listed as refused', async () => {
    const { hooks } = (await api.ask('GET', '/api/connections/contoso')).body as { hooks: { dynamics: string } };
    const event = { BusinessEventId: 'E', ControlNumber: 7, EventId: 'e-7', Name: 'Børo' };
    const path = new URL(hooks.dynamics).pathname;
    const send = (body: Buffer) => api.askPlainly('POST', path, { body: new Uint8Array(body) });
    expect(await send(Buffer.from(JSON.stringify(event), 'latin1'))).toMatchObject(notText('line 1, column 67'));
    const { items } = (await api.ask('GET', '/api/connections/contoso/events')).body as { items: object[] };
    expect(items).toMatchObject([{ verdict: 'refused', reason: 'malformed' }]);
    expect((await send(Buffer.from(`\u{feff}${JSON.stringify(event)}`))).status).toBe(202);
  });

  it('of a signed webhook is refused if it is not UTF-8', async () => {
    const { hooks } = (await api.ask('GET', '/api/connections/contoso')).body as { hooks: { zendesk: string } };
    const body = Buffer.from('{"subject": "Gr\u{fc}\u{df}e"}', 'latin1');
    const timestamp = new Date().toISOString();
    const signature = createHmac('sha256', 'signing-secret').update(timestamp).update(body).digest('base64');
    const headers = {
      'x-zendesk-webhook-signature': signature,
      'x-zendesk-webhook-signature-timestamp': timestamp,
    };
    const init = { headers, body: new Uint8Array(body) };
    expect(await api.askPlainly('POST', new URL(hooks.zendesk).pathname, init)).toMatchObject(
      notText('line 1, column 16'),
    );
  });
});
