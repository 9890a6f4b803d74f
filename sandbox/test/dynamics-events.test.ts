import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Sandbox } from '../sandbox.ts';
import { startSandbox } from '../sandbox.ts';
import type { Received, Receiver } from './receiver.ts';
import { startReceiver } from './receiver.ts';

type Wire = Readonly<Record<string, unknown>>;

let sandbox: Sandbox;
let receiver: Receiver;

beforeEach(async () => {
  sandbox = await startSandbox({ seed: 'empty', clockScale: 60 });
  receiver = await startReceiver();
});

afterEach(async () => {
  await sandbox.close();
  await receiver.close();
});

const control = async (method: string, path: string, body?: object): Promise<{ status: number; json: Wire }> => {
  const init =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const response = await fetch(`${sandbox.control}${path}`, { method, ...init });
  const text = await response.text();
  return { status: response.status, json: (text === '' ? {} : JSON.parse(text)) as Wire };
};

const register = (draft: object = {}): Promise<{ status: number; json: Wire }> =>
  control('POST', '/state/dynamics/endpoints', { url: `${receiver.url}?code=secret`, ...draft });

const customer = (account: string, values: object = {}): Promise<unknown> =>
  control('PUT', `/state/dynamics/customers/usmf/${account}`, { OrganizationName: 'Contoso', ...values });

const parsed = ({ body }: Received): Wire => JSON.parse(body) as Wire;

const sent = async (): Promise<readonly Wire[]> =>
  (await control('GET', '/state/dynamics/events')).json['items'] as Wire[];

const LIVE = {
  BusinessEventId: 'ContosoCustomerChangedBusinessEvent',
  EventId: expect.stringMatching(/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/),
  EventTime: expect.stringMatching(/^\/Date\(\d+000\)\/$/),
  EventTimeIso8601: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/),
  InitiatingUserAADObjectId: expect.stringMatching(/^\{[0-9A-F-]{36}\}$/),
  ContextRecordSubject: '',
  MajorVersion: 0,
  MinorVersion: 0,
  ParentContextRecordSubjects: [],
};

describe('business events of the simulated F&O', () => {
  it('have reused ControlNumbers and new EventIds after a restore from a backup', async () => {
    await register();
    const numberAndId = async (account: string, nth: number): Promise<Wire> => {
      await customer(account);
      const [last] = (await receiver.waitFor(nth)).slice(-1).map(parsed);
      return { number: last?.['ControlNumber'], id: last?.['EventId'] };
    };
    await receiver.waitFor(1);
    const before = await numberAndId('A1', 2);
    expect((await control('POST', '/state/dynamics/restore', { controlNumber: before['number'] })).status).toBe(204);
    const after = await numberAndId('A2', 3);
    expect(after['number']).toBe(before['number']);
    expect(after['id']).not.toBe(before['id']);
    expect((await control('POST', '/state/dynamics/restore', { controlNumber: 'x' })).status).toBe(400);
  });

  it('test a new endpoint with an event of empty members, and refuse one that does not accept it', async () => {
    receiver.respond = () => ({ status: 404, body: 'gone' });
    const refused = await register();
    expect([refused.status, String(refused.json['error'])]).toEqual([
      422,
      'The endpoint did not accept the test event: 404 gone',
    ]);
    receiver.respond = () => ({ status: 202 });
    expect((await register()).json).toMatchObject({ id: 1, transport: 'https', activation: { status: 202 } });
    expect(receiver.request(2).url).toBe('/hook?code=secret');
    expect(parsed(receiver.request(2))).toMatchObject({
      BusinessEventId: '',
      BusinessEventLegalEntity: '',
      ControlNumber: 0,
      EventId: '',
      CustomerAccount: '',
      EventTime: '/Date(-2208988800000)/',
      ParentContextRecordSubjects: null,
    });
    expect((await control('GET', '/state/dynamics/endpoints')).json).toMatchObject({ total: 1 });
    expect((await register({ transport: 'fax' })).status).toBe(400);
    expect((await register({ url: 'http://127.0.0.1:9/', unchecked: true })).json).toMatchObject({
      id: 2,
      activation: null,
    });
    expect((await control('DELETE', '/state/dynamics/endpoints/2')).status).toBe(204);
    expect((await control('DELETE', '/state/dynamics/endpoints/2')).status).toBe(404);
  });

  it('are sent for every change of a record, with control numbers that increase with gaps', async () => {
    await register();
    await customer('US-001');
    await customer('US-001', { SalesMemo: 'x' });
    await control('PUT', '/state/dynamics/vendors/FRRT/V-1', { VendorOrganizationName: 'Fab' });
    await control('PUT', '/state/dynamics/contacts/usmf/CP-1', { FirstName: 'Ann' });
    await control('DELETE', '/state/dynamics/customers/usmf/US-001');
    const events = (await receiver.waitFor(6))
      .slice(1)
      .map(parsed)
      .sort((a, b) => Number(a['ControlNumber']) - Number(b['ControlNumber']));
    expect(events[0]).toMatchObject({ ...LIVE, CustomerAccount: 'US-001', LegalEntity: 'usmf', ChangeType: 'Insert' });
    expect(events.map((one) => [one['ChangeType'], one['VendorAccountNumber'], one['ContactPersonId']])).toEqual([
      ['Insert', undefined, undefined],
      ['Update', undefined, undefined],
      ['Insert', 'V-1', undefined],
      ['Insert', undefined, 'CP-1'],
      ['Delete', undefined, undefined],
    ]);
    const names = Object.keys(events[0] ?? {});
    expect(names).toEqual([...names].sort());
    const numbers = events.map((one) => Number(one['ControlNumber']));
    expect(numbers[0]).toBeGreaterThan(2 ** 32);
    expect((numbers.at(-1) ?? 0) - (numbers[0] ?? 0)).toBeGreaterThan(4);
    expect(new Set(events.map((one) => one['EventId'])).size).toBe(5);
  });

  it('reach only endpoints of their company and kind, with names from the settings', async () => {
    await register({ legalEntities: ['FRRT'], records: ['customer'] });
    const customerEvent = { id: 'OwnEvent', key: 'AccountNumber', legalEntity: 'Company' };
    const { eventCatalog } = (await control('GET', '/settings/dynamics')).json as { eventCatalog: object };
    await control('PATCH', '/settings/dynamics', { eventCatalog: { ...eventCatalog, customer: customerEvent } });
    await customer('US-001');
    await control('POST', '/state/dynamics/vendors/generate', { legalEntity: 'frrt', count: 2 });
    await control('POST', '/state/dynamics/customers/generate', { legalEntity: 'frrt', count: 2, silent: true });
    await control('POST', '/state/dynamics/customers/generate', { legalEntity: 'frrt', count: 1 });
    const events = (await receiver.waitFor(2)).slice(1);
    await wait(50);
    expect(events.map(parsed)).toMatchObject([
      { BusinessEventId: 'OwnEvent', AccountNumber: 'C-000003', Company: 'frrt' },
    ]);
  });

  it('distinguish writes of the app from those of people', async () => {
    await register();
    await customer('US-001');
    const { tenantId, clientId: client_id, clientSecret: client_secret, dynamics } = sandbox;
    const form = { grant_type: 'client_credentials', client_id, client_secret, scope: `${dynamics}/.default` };
    const url = `${sandbox.entra}/${tenantId}/oauth2/v2.0/token`;
    const token = (await (await fetch(url, { method: 'POST', body: new URLSearchParams(form) })).json()) as Wire;
    const headers = { authorization: `Bearer ${String(token['access_token'])}`, 'content-type': 'application/json' };
    const path = "/data/CustomersV3(dataAreaId='usmf',CustomerAccount='US-001')?cross-company=true";
    await fetch(dynamics + path, { method: 'PATCH', headers, body: JSON.stringify({ SalesMemo: 'ours' }) });
    const [, byPerson, byApp] = (await receiver.waitFor(3)).map(parsed);
    expect(byPerson?.['InitiatingUserAADObjectId']).not.toBe(byApp?.['InitiatingUserAADObjectId']);
  });

  it('are tried three times, a second apart, and can be resent with the same numbers', async () => {
    await register();
    receiver.respond = () => ({ status: 503, headers: { 'retry-after': '1' } });
    await customer('US-001');
    await receiver.waitFor(4);
    await wait(150);
    expect(receiver.requests).toHaveLength(4);
    expect(new Set(receiver.requests.slice(1).map(({ body }) => body)).size).toBe(1);
    const [failed] = await sent();
    expect(failed).toMatchObject({ status: 'failed', attempts: [{ status: 503 }, { status: 503 }, { status: 503 }] });
    receiver.respond = () => ({ status: 200 });
    const { json } = await control('POST', `/state/dynamics/events/${String(failed?.['n'])}/resend`, { times: 10 });
    expect(json['answers']).toHaveLength(10);
    expect(new Set(receiver.requests.slice(1).map(({ body }) => body)).size).toBe(1);
  });

  it('are lost, doubled and shuffled as the settings say', async () => {
    await register();
    await control('PATCH', '/settings/dynamics', { eventLoseShare: 1 });
    await customer('US-001');
    await wait(50);
    expect(await sent()).toEqual([]);
    await control('PATCH', '/settings/dynamics', { eventLoseShare: 0, eventDoubleShare: 1, eventShuffleMs: 6_000 });
    await control('POST', '/state/dynamics/customers/generate', { legalEntity: 'usmf', count: 20 });
    const numbers = (await receiver.waitFor(41)).slice(1).map((one) => Number(parsed(one)['ControlNumber']));
    expect(new Set(numbers).size).toBe(20);
    expect(numbers).not.toEqual([...numbers].sort((a, b) => a - b));
  });

  it('can be written by a test, with any members, for an endpoint or any address', async () => {
    await register();
    const draft = { endpointId: 1, record: 'customer', legalEntity: 'usmf', key: 'US-9', times: 2 };
    const first = await control('POST', '/state/dynamics/events', {
      ...draft,
      members: { ControlNumber: 7, EventId: null },
    });
    expect(first.json).toMatchObject({ answers: [{ status: 202 }, { status: 202 }] });
    expect(parsed(receiver.request(2))).toMatchObject({ ControlNumber: 7, CustomerAccount: 'US-9' });
    expect('EventId' in parsed(receiver.request(2))).toBe(false);
    await control('POST', '/state/dynamics/events', {
      url: receiver.url,
      transport: 'event-grid',
      body: { own: 1 },
    });
    expect(JSON.parse(receiver.request(4).body)).toMatchObject([{ data: { own: 1 } }]);
    expect((await control('POST', '/state/dynamics/events', {})).status).toBe(400);
    expect((await control('POST', '/state/dynamics/events', { endpointId: 5 })).status).toBe(404);
  });
});

describe('Event Grid and CloudEvents of the simulated F&O', () => {
  it('validate a subscription with a code that must be returned with 200, then send arrays', async () => {
    expect((await register({ transport: 'event-grid' })).status).toBe(422);
    receiver.respond = (request) => {
      const [{ data }] = JSON.parse(request.body) as [{ data: { validationCode: string } }];
      return { status: 200, body: JSON.stringify({ validationResponse: data.validationCode }) };
    };
    expect((await register({ transport: 'event-grid', headers: { 'x-secret': 's' } })).status).toBe(200);
    const validation = receiver.request(2);
    expect(validation.headers).toMatchObject({ 'aeg-event-type': 'SubscriptionValidation', 'x-secret': 's' });
    expect(JSON.parse(validation.body)).toMatchObject([
      { eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent', data: { validationUrl: expect.any(String) } },
    ]);
    await customer('US-001');
    await receiver.waitFor(3);
    const request = receiver.request(3);
    expect(request.headers).toMatchObject({
      'aeg-event-type': 'Notification',
      'aeg-delivery-count': '0',
      'x-secret': 's',
    });
    const [event] = JSON.parse(request.body) as [Wire];
    expect(event).toMatchObject({ eventType: LIVE.BusinessEventId, data: { ...LIVE, CustomerAccount: 'US-001' } });
    expect(event['id']).toBe((event['data'] as Wire)['EventId']);
  });

  it('retry an event of Event Grid many times, and never after a 400', async () => {
    await register({ transport: 'event-grid', unchecked: true });
    const answers = [{ status: 500 }, { status: 205 }, { status: 200 }, { status: 400 }];
    receiver.respond = (_request, count) => answers[count - 1] ?? { status: 200 };
    await customer('US-001');
    const requests = await receiver.waitFor(3);
    expect((requests[2]?.atMs ?? 0) - (requests[1]?.atMs ?? 0)).toBeGreaterThanOrEqual(490);
    expect(requests[2]?.headers['aeg-delivery-count']).toBe('2');
    await wait(50);
    expect(await sent()).toMatchObject([{ status: 'delivered' }]);
    await customer('US-002');
    await receiver.waitFor(4);
    await wait(300);
    expect((await sent())[0]).toMatchObject({ status: 'dead-lettered', attempts: [{ status: 400 }] });
  });

  it('request a CloudEvents subscription by OPTIONS and send one event per request', async () => {
    expect((await register({ transport: 'cloud-events' })).status).toBe(422);
    receiver.respond = ({ method }) =>
      method === 'OPTIONS'
        ? { status: 200, headers: { 'webhook-allowed-origin': 'eventgrid.azure.net' } }
        : { status: 204 };
    expect((await register({ transport: 'cloud-events' })).status).toBe(200);
    expect(receiver.request(2)).toMatchObject({ method: 'OPTIONS', body: '' });
    expect(receiver.request(2).headers['webhook-request-origin']).toBe('eventgrid.azure.net');
    await customer('US-001');
    await receiver.waitFor(3);
    const request = receiver.request(3);
    expect(request.headers['content-type']).toMatch(/^application\/cloudevents\+json/);
    expect(parsed(request)).toMatchObject({ specversion: '1.0', type: LIVE.BusinessEventId, data: LIVE });
  });
});

describe('data events of the simulated F&O', () => {
  const found = (requests: readonly Received[], message: string): Received => {
    const one = requests.find((request) => parsed(request)['MessageName'] === message);
    if (!one) throw new Error(`There is no ${message}.`);
    return one;
  };

  const parameter = (
    event: Wire,
    key: string,
  ): { Attributes: { key: string; value: unknown }[]; Id: string } | undefined =>
    (event['InputParameters'] as { key: string; value: never }[]).find((one) => one.key === key)?.value;

  it('contain a Dataverse execution context with the changed values and the previous ones', async () => {
    await register({ payload: 'data' });
    await customer('US-001', { OnHoldStatus: 'No' });
    await customer('US-001', { OnHoldStatus: 'Invoice' });
    await control('DELETE', '/state/dynamics/customers/usmf/US-001');
    const requests = (await receiver.waitFor(4)).slice(1);
    const updated = found(requests, 'OnExternalUpdated');
    expect(updated.headers).toMatchObject({
      'x-ms-dynamics-entity-name': 'mserp_custcustomerv3entity',
      'x-ms-dynamics-request-name': 'OnExternalUpdated',
    });
    const event = parsed(updated);
    expect(event).toMatchObject({
      PrimaryEntityName: 'mserp_custcustomerv3entity',
      OperationCreatedOn: expect.stringMatching(/^\/Date\(\d+\+0000\)\/$/),
    });
    expect('ControlNumber' in event || 'BusinessEventId' in event).toBe(false);
    const target = parameter(event, 'Target');
    expect(target?.Attributes).toEqual(
      expect.arrayContaining([
        { key: 'mserp_dataareaid', value: 'usmf' },
        { key: 'mserp_customeraccount', value: 'US-001' },
        { key: 'mserp_onholdstatus', value: { __type: expect.any(String), Value: 200_000_001 } },
      ]),
    );
    expect(parameter(event, 'PreImage')?.Attributes).toContainEqual({
      key: 'mserp_onholdstatus',
      value: { __type: expect.any(String), Value: 200_000_000 },
    });
    const deleted = parsed(found(requests, 'OnExternalDeleted'));
    expect(parameter(deleted, 'Target')?.Attributes).toBeUndefined();
    expect(parameter(deleted, 'PreImage')?.Attributes).toContainEqual({
      key: 'mserp_customeraccount',
      value: 'US-001',
    });
    expect(parameter(deleted, 'Target')?.Id).toBe(target?.Id);
  });

  it('have the key spelling and the images that the settings choose', async () => {
    await register({ payload: 'data', unchecked: true });
    await control('PATCH', '/settings/dynamics', { dataEventKeys: 'camel', dataEventDeletePreImage: false });
    await customer('US-001');
    await control('DELETE', '/state/dynamics/customers/usmf/US-001');
    const events = (await receiver.waitFor(2)).map(parsed);
    const deleted = events.find((one) => one['messageName'] === 'OnExternalDeleted');
    expect((deleted?.['inputParameters'] as Wire[]).map(({ key }) => key)).toEqual(['Target']);
  });
});
