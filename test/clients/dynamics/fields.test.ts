import { afterEach, describe, expect, it } from '@jest/globals';
import { infologOf } from '../../../clients/dynamics/infolog.ts';
import type { TokenSource } from '../../../clients/entra/tokens.ts';
import { closeLoopbacks, type LoopbackReply } from '../../fixtures/loopback.ts';
import { failureOf } from '../kit.ts';
import { clientOf } from './kit.ts';

afterEach(closeLoopbacks);

const CUSTOMER = {
  entitySet: 'CustomersV3',
  keyColumn: 'CustomerAccount',
  legalEntity: 'usmf',
  key: 'US-001',
} as const;
const ETAG = 'W/"JzM0NjU2NTI5MCw2ODcxOTQ4MjgzMyc="';
const WRITE = { ...CUSTOMER, etag: ETAG, values: { SalesMemo: 'Größe\r\nx' } };

const odata = (type: string, message: string, others: object = {}): object => ({
  error: {
    code: '',
    message: 'An error has occurred.',
    innererror: {
      message,
      type: `Microsoft.Dynamics.Platform.Integration.Services.OData.${type}`,
      stacktrace: '   at Canary.Stack()',
      ...others,
    },
  },
});

const row = (values: object): LoopbackReply => ({
  body: { '@odata.context': 'x/$metadata#CustomersV3/$entity', '@odata.etag': ETAG, ...values },
});

describe('fields of an account', () => {
  it('are read by key, in any company, with the etag', async () => {
    const { client, erp } = await clientOf(
      row({ SalesMemo: ' a\r\nb ', ABCOpenTickets: 3, ABCOldest: null, Other: 1 }),
    );
    const fields = ['SalesMemo', 'ABCOpenTickets', 'ABCOldest'];
    expect(await client.readFields({ ...CUSTOMER, fields })).toEqual({
      etag: ETAG,
      values: { SalesMemo: ' a\r\nb ', ABCOpenTickets: 3, ABCOldest: null },
    });
    expect(erp.requests).toHaveLength(1);
    expect(erp.requests[0]).toMatchObject({
      method: 'GET',
      url:
        "/data/CustomersV3(dataAreaId='usmf',CustomerAccount='US-001')" +
        '?cross-company=true&$select=SalesMemo%2CABCOpenTickets%2CABCOldest',
    });
  });

  it.each([
    ["O'Brien/a?b", 'O%27%27Brien%2Fa%3Fb'],
    ['50% & more#1', '50%25%20%26%20more%231'],
    ['Grün (Ö)', 'Gr%C3%BCn%20%28%C3%96%29'],
    ['東京,A=1', '%E6%9D%B1%E4%BA%AC%2CA%3D1'],
    ['..', '..'],
  ])('of account %j are requested by the key %s', async (key, encoded) => {
    const { client, erp } = await clientOf(row({ Notes: '' }));
    const vendor = { entitySet: 'VendorsV2', keyColumn: 'VendorAccountNumber', legalEntity: 'FRRT', key } as const;
    await client.readFields({ ...vendor, fields: ['Notes'] });
    await client.writeFields({ ...vendor, etag: ETAG, values: { Notes: 'x' } });
    const path = `/data/VendorsV2(dataAreaId='FRRT',VendorAccountNumber='${encoded}')`;
    expect(erp.requests.map(({ url }) => url)).toEqual([
      `${path}?cross-company=true&$select=Notes`,
      `${path}?cross-company=true`,
    ]);
  });

  it.each([
    ['the field is missing', { body: { '@odata.etag': ETAG } }],
    ['the etag is missing', { body: { SalesMemo: '' } }],
    ['the field is neither a string nor a number', row({ SalesMemo: ['canary'] })],
  ])('are an error if %s', async (_what, reply) => {
    const { client } = await clientOf(reply);
    const failure = await failureOf(client.readFields({ ...CUSTOMER, fields: ['SalesMemo'] }));
    expect(failure).toMatchObject({ kind: 'unexpected', operation: 'read fields of CustomersV3' });
    expect(failure.message).not.toContain('canary');
  });

  const missing: readonly (readonly [LoopbackReply, null | 'missing'])[] = [
    [{ status: 404, body: '' }, null],
    [{ status: 404, body: { error: { code: '', message: 'Not found' } } }, null],
    [{ status: 404, body: { Message: 'No HTTP resource was found that matches the request URI' } }, 'missing'],
    [{ status: 404, headers: { 'content-type': 'text/html' }, body: '<html></html>' }, 'missing'],
  ];
  it.each(missing)('with the response %j are %j', async (reply, expected) => {
    const { client } = await clientOf(reply);
    const reading = client.readFields({ ...CUSTOMER, fields: ['SalesMemo'] });
    if (expected === null) expect(await reading).toBeNull();
    else expect((await failureOf(reading)).kind).toBe(expected);
  });
});

describe('a write of fields', () => {
  it('sends the etag of the version that was read', async () => {
    const { client, erp } = await clientOf({ status: 204 });
    expect(await client.writeFields(WRITE)).toBe('written');
    expect(erp.requests).toHaveLength(1);
    expect(erp.requests[0]).toMatchObject({
      method: 'PATCH',
      url: "/data/CustomersV3(dataAreaId='usmf',CustomerAccount='US-001')?cross-company=true",
      headers: { 'if-match': ETAG, 'content-type': 'application/json' },
    });
    expect(JSON.parse(erp.requests[0]?.body ?? '')).toEqual(WRITE.values);
  });

  const conflict = 'An update conflict occurred due to another user process deleting the record or changing one.';
  const outcomes: readonly (readonly [LoopbackReply, 'written' | 'conflict' | 'missing'])[] = [
    [{ status: 200, body: { '@odata.etag': ETAG } }, 'written'],
    [{ status: 412 }, 'conflict'],
    [{ status: 412, body: odata('X', 'The etag is not the current one.') }, 'conflict'],
    [{ status: 409, body: {} }, 'conflict'],
    [{ status: 400, body: odata('AxODataWriteException', `Write failed. Infolog: Error: ${conflict}.`) }, 'conflict'],
    [{ status: 500, body: odata('UpdateConflictException', conflict) }, 'conflict'],
    [
      {
        status: 500,
        body: odata('AxODataWriteException', 'Write failed.', { internalexception: { message: conflict } }),
      },
      'conflict',
    ],
    [{ status: 400, body: odata('X', 'Cannot edit a record in Customers (CustTable).') }, 'conflict'],
    [{ status: 400, body: odata('X', 'No resources were found when selecting for update.') }, 'missing'],
    [{ status: 404, body: '' }, 'missing'],
  ];
  it.each(outcomes)('with the response %j is %s', async (reply, expected) => {
    const { client, erp } = await clientOf(reply);
    expect(await client.writeFields(WRITE)).toBe(expected);
    expect(erp.requests).toHaveLength(1);
  });

  const warnings = "Warning: Field 'Sales memo' does not allow editing.; Warning: Number X does not match format Y..";
  const failures: readonly (readonly [LoopbackReply, object])[] = [
    [
      { status: 400, body: odata('AxODataFieldValidationException', `Field validation failed. Infolog: ${warnings}`) },
      { kind: 'refused', detail: "Field 'Sales memo' does not allow editing.; Number X does not match format Y." },
    ],
    [
      { status: 500, body: odata('AxODataWriteException', 'Write failed. Infolog: Warning: too long.') },
      { kind: 'refused', detail: 'too long.' },
    ],
    [
      {
        status: 403,
        body: odata('ODataSecurityException', 'User is not authorized to update view CustX.  Request denied.'),
      },
      { kind: 'forbidden', advice: expect.stringContaining('the privilege to update CustX.') },
    ],
    [
      { status: 404, body: { Message: 'No HTTP resource was found' } },
      { kind: 'missing', code: 'NoRoute' },
    ],
    [
      { status: 404, headers: { 'content-type': 'text/html' }, body: '<html>' },
      { kind: 'missing', code: 'HtmlPage' },
    ],
    [
      { status: 429, headers: { 'retry-after': '7' } },
      { kind: 'limited', bucket: 'account', retryAfterMs: 7_000 },
    ],
    [
      { status: 503, headers: { 'retry-after': '7' } },
      { kind: 'limited', bucket: 'account' },
    ],
    [{ status: 502, body: '<html>' }, { kind: 'unsure' }],
  ];
  it.each(failures)('with the response %j fails as %j', async (reply, expected) => {
    const { client } = await clientOf(reply);
    const failure = await failureOf(client.writeFields(WRITE));
    expect(failure).toMatchObject({ operation: 'write fields of CustomersV3', ...expected });
    expect(JSON.stringify(failure)).not.toMatch(/Canary|Größe/);
  });

  it('is unsure if the connection is closed, and a read is unavailable', async () => {
    const { client, erp } = await clientOf((_request, { response }) => {
      response.destroy();
      return undefined;
    });
    expect((await failureOf(client.writeFields(WRITE))).kind).toBe('unsure');
    expect(erp.requests).toHaveLength(1);
    expect((await failureOf(client.readFields({ ...CUSTOMER, fields: ['SalesMemo'] }))).kind).toBe('unavailable');
  });

  it('is sent again once with a new token if the first token is rejected', async () => {
    const requested: unknown[] = [];
    const tokens: TokenSource = {
      token: (options) => {
        requested.push(options);
        return Promise.resolve(requested.length === 1 ? 'old-token' : 'new-token');
      },
    };
    const { client, erp } = await clientOf((_request, { nth }) => ({ status: nth === 1 ? 401 : 204 }), tokens);
    expect(await client.writeFields(WRITE)).toBe('written');
    expect(requested).toEqual([undefined, { fresh: true, rejected: 'old-token' }]);
    expect(erp.requests.map(({ headers }) => [headers.authorization, headers['if-match']])).toEqual([
      ['Bearer old-token', ETAG],
      ['Bearer new-token', ETAG],
    ]);
  });
});

describe('the metadata of a field', () => {
  const entity = {
    Name: 'CustomerV3',
    EntitySetName: 'CustomersV3',
    IsReadOnly: false,
    Properties: [
      { Name: 'SalesMemo', TypeName: 'Edm.String', DataType: 'String', IsKey: false, AllowEdit: true },
      { Name: 'PartyNumber', TypeName: 'Edm.String', DataType: 'String', IsKey: false, AllowEdit: false },
    ],
  };

  it.each([
    ['SalesMemo', { exists: true, isEditable: true }],
    ['PartyNumber', { exists: true, isEditable: false }],
    ['salesMemo', { exists: false, isEditable: false }],
  ])('of %s is %j', async (field, expected) => {
    const { client, erp } = await clientOf({ body: { value: [entity] } });
    expect(await client.fieldInfo('CustomersV3', field)).toEqual(expected);
    expect(erp.requests.map(({ url }) => url)).toEqual([
      '/metadata/PublicEntities?$filter=EntitySetName%20eq%20%27CustomersV3%27',
    ]);
  });

  it('is null for an unknown entity set, and not editable for a read-only one', async () => {
    const { client } = await clientOf({ body: { value: [{ ...entity, IsReadOnly: true }] } });
    expect(await client.fieldInfo('Others', 'SalesMemo')).toBeNull();
    expect(await client.fieldInfo('CustomersV3', 'SalesMemo')).toEqual({ exists: true, isEditable: false });
  });
});

describe('a message of F&O', () => {
  const generic = "validateField failed on field 'CustCustomerV3Entity.CustomerGroupId'";
  it.each([
    ['No infolog here.', 'No infolog here.'],
    ['No infolog here.\r\n   at Microsoft.Dynamics.Ax.Run()\r\n   at X.Y', 'No infolog here.'],
    ['Write failed. Infolog: .', 'Write failed. Infolog: .'],
    [`Write failed. Infolog: Warning: A; b.; Warning: ${generic}..`, 'A; b.'],
    [`Write failed. Infolog: Warning: ${generic}.`, `${generic}.`],
    ['Infolog: Info: one.; Error: two..', 'one.; two.'],
  ])('%j is read as %j', (message, expected) => expect(infologOf(message)).toBe(expected));
});
