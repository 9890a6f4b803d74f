import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ApiResponse, Extras, RunningDynamics } from './running-dynamics.ts';
import { innerError, runDynamics } from './running-dynamics.ts';

const US = "/data/CustomersV3(dataAreaId='usmf',CustomerAccount='US-001')?cross-company=true";
const FR = "/data/CustomersV3(dataAreaId='frrt',CustomerAccount='FR-001')";

describe('writes to the simulated F&O', () => {
  let run: RunningDynamics;

  beforeEach(async () => {
    run = await runDynamics();
    run.server.state.upsertCustomer('usmf', 'US-001', { OrganizationName: 'Contoso', SalesMemo: 'by hand' });
    run.server.state.upsertCustomer('frrt', 'FR-001', { OrganizationName: 'Dubois' });
  });

  afterEach(() => run.close());

  const patch = (path: string, body: unknown, headers: Extras['headers'] = {}): Promise<ApiResponse> =>
    run.send('PATCH', path, { body, headers });

  const memo = (): unknown => run.server.state.customers()[0]?.values['SalesMemo'];

  it('merges the values of a PATCH, responds with 204 without a body and changes the etag', async () => {
    const before = await run.send('GET', US);
    const response = await patch(US, { SalesMemo: 'from the desk' });
    expect([response.status, response.text]).toEqual([204, '']);
    const after = await run.send('GET', US);
    expect(after.body).toMatchObject({ SalesMemo: 'from the desk', OrganizationName: 'Contoso' });
    expect(after.body['@odata.etag']).not.toBe(before.body['@odata.etag']);
    expect(run.journal.items().map(({ operation, effect }) => [operation, effect])).toEqual([
      ['CustomersV3.get', false],
      ['CustomersV3.patch', true],
      ['CustomersV3.get', false],
    ]);
  });

  it('responds with 412 to an outdated etag, and writes with the current one or a star', async () => {
    const { body } = await run.send('GET', US);
    const etag = String(body['@odata.etag']);
    expect((await patch(US, { SalesMemo: 'first' }, { 'if-match': etag })).status).toBe(204);
    expect((await patch(US, { SalesMemo: 'second' }, { 'if-match': etag })).status).toBe(412);
    expect(memo()).toBe('first');
    run.server.settings.outdatedEtagStatus = 409;
    expect((await patch(US, { SalesMemo: 'third' }, { 'if-match': etag })).status).toBe(409);
    expect((await patch(US, { SalesMemo: 'fourth' }, { 'if-match': '*' })).status).toBe(204);
    expect(memo()).toBe('fourth');
  });

  it('never writes the records that the settings name, whatever etag is sent', async () => {
    run.server.settings.unwritableRecords = { 'usmf/US-001': 500, 'frrt/FR-001': 412 };
    const failed = await patch(US, { SalesMemo: 'x' });
    expect([failed.status, innerError(failed).type]).toEqual([500, 'NullReferenceException']);
    expect((await patch(`${FR}?cross-company=true`, { SalesMemo: 'x' }, { 'if-match': '*' })).status).toBe(412);
    expect(memo()).toBe('by hand');
  });

  it('never serves more than the key of the records that the settings name', async () => {
    const list = "/data/CustomersV3?cross-company=true&$filter=dataAreaId eq 'usmf'";
    run.server.settings.unreadableRecords = { 'usmf/US-001': 'fails' };
    expect((await run.send('GET', US)).status).toBe(500);
    expect((await run.send('GET', `${list}&$select=OrganizationName`)).status).toBe(500);
    expect((await run.send('GET', `${list}&$select=dataAreaId,CustomerAccount`)).status).toBe(200);
    run.server.settings.unreadableRecords = { 'usmf/US-001': 'malformed' };
    const { body } = await run.send('GET', `${list}&$select=OrganizationName`);
    expect(body['value']).toMatchObject([{ OrganizationName: { value: 'Contoso' } }]);
  });

  it('responds with 400, not 404, to a write to a row that is missing, out of scope or hidden', async () => {
    const missing = US.replace('US-001', 'US-999');
    run.server.settings.hiddenCompanies = ['usmf'];
    for (const [method, path] of [
      ['PATCH', missing],
      ['PATCH', FR],
      ['DELETE', FR],
      ['PATCH', US],
    ] as const) {
      const response = await run.send(method, path, { body: { SalesMemo: 'x' } });
      expect(response.status).toBe(400);
      expect(response.body).toMatchObject({ error: { code: '', message: 'An error has occurred.' } });
      expect(innerError(response).message).toBe('No resources were found when selecting for update.');
    }
    expect((await patch(`${FR}?cross-company=true`, { SalesMemo: 'x' })).status).toBe(204);
  });

  it('refuses a field that does not allow editing with the infolog of a validation', async () => {
    const response = await patch(US, { CustomerAccount: 'US-002' });
    expect(response.status).toBe(400);
    expect(innerError(response)).toEqual({
      type: 'AxODataFieldValidationException',
      message:
        "Field validation failed on table of type 'CustCustomerV3Entity' for the following fields: CustomerAccount. " +
        "Infolog: Warning: Field 'Customer account' does not allow editing..",
    });
    expect((await patch(US, { CustomerAccount: 'US-001', SalesMemo: 'x' })).status).toBe(204);
    run.server.settings.notEditable = ['CustomerV3.SalesMemo'];
    expect(innerError(await patch(US, { SalesMemo: 'y' })).message).toContain("'Sales memo' does not allow editing");
  });

  it('refuses values that the business logic does not accept, with the status of the settings', async () => {
    const response = await patch(US, { CustomerGroupId: 'none' });
    expect([response.status, innerError(response).type]).toEqual([400, 'AxODataWriteException']);
    expect(innerError(response).message).toContain(
      "; Warning: validateField failed on field 'CustCustomerV3Entity.CustomerGroupId'..",
    );
    run.server.settings.writeRefusedStatus = 500;
    expect((await patch(US, { CustomerGroupId: 'none' })).status).toBe(500);
  });

  it('refuses bodies that do not fit the type and stores nothing', async () => {
    const bodies = [
      { salesMemo: 'x' },
      { SalesMemo: 5 },
      { CreditLimit: null },
      { CreditLimit: 'much' },
      { OnHoldStatus: 'Perhaps' },
      { AddressValidFrom: 'yesterday' },
      [],
    ];
    for (const body of bodies) expect((await patch(US, body)).status).toBe(400);
    const broken = await fetch(new URL(US, run.server.url), {
      method: 'PATCH',
      headers: {
        authorization: `Bearer ${run.tokens.issue({ audience: run.server.url, clientId: 'a', tenantId: 't' }, 60)}`,
        'content-type': 'application/json',
      },
      body: '{"SalesMemo": ',
    });
    expect(broken.status).toBe(400);
    expect(memo()).toBe('by hand');
    expect(run.journal.items().some(({ effect }) => effect)).toBe(false);
  });

  it('stores null as an empty text and enumerations by unqualified name, and ignores annotations', async () => {
    const type = { '@odata.type': '#Microsoft.Dynamics.DataEntities.CustomerV3' };
    expect((await patch(US, { ...type, SalesMemo: null, OnHoldStatus: 'Invoice' })).status).toBe(204);
    expect((await run.send('GET', US)).body).toMatchObject({ SalesMemo: '', OnHoldStatus: 'Invoice' });
    run.server.settings.memoLineEnds = 'crlf';
    await patch(US, { SalesMemo: 'one\ntwo\r\nthree' });
    expect(memo()).toBe('one\r\ntwo\r\nthree');
  });

  it('refuses writes to a set that the user may only read, and to a read-only set', async () => {
    run.server.settings.readOnlyEntitySets = ['CustomersV3'];
    const response = await patch(US, { SalesMemo: 'x' });
    expect([response.status, innerError(response).message]).toEqual([
      403,
      'User is not authorized to update view CustCustomerV3Entity.  Request denied.',
    ]);
    expect((await run.send('GET', US)).status).toBe(200);
    expect((await run.send('POST', '/data/LegalEntities', { body: { LegalEntityId: 'DEMF' } })).status).toBe(403);
    expect((await run.send('PATCH', '/data/CustomersV3', { body: {} })).status).toBe(405);
  });

  it('creates a row with a number of the sequence and refuses a chosen one unless numbers are manual', async () => {
    const create = (body: object): Promise<ApiResponse> => run.send('POST', '/data/CustomersV3', { body });
    const made = await create({ dataAreaId: 'FRRT', OrganizationName: 'Neuf', CustomerGroupId: '30' });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      dataAreaId: 'frrt',
      CustomerAccount: 'C-000001',
      OrganizationName: 'Neuf',
      '@odata.etag': expect.stringMatching(/^W\//),
      PartyNumber: expect.stringMatching(/^\d{9}$/),
    });
    const chosen = await create({ CustomerAccount: 'MINE', OrganizationName: 'Mine' });
    expect(innerError(chosen).message).toContain('Warning: Number MINE does not match format C-######.');
    run.server.settings.manualNumberSequence = true;
    expect((await create({ CustomerAccount: 'MINE', OrganizationName: 'Mine' })).body).toMatchObject({
      dataAreaId: 'usmf',
    });
    expect(innerError(await create({ CustomerAccount: 'mine', OrganizationName: 'Again' })).message).toContain(
      'The record already exists',
    );
    expect(run.server.state.customers()).toHaveLength(4);
  });

  it('deletes a row permanently', async () => {
    expect((await run.send('DELETE', `${FR}?cross-company=true`)).status).toBe(204);
    expect((await run.send('GET', `${FR}?cross-company=true`)).status).toBe(404);
    expect((await run.send('DELETE', `${FR}?cross-company=true`)).status).toBe(400);
  });

  it('changes the edit time of a contact with every write', async () => {
    run.server.state.upsertContact('usmf', '000001', { LastEditDateTime: '2020-01-01T00:00:00Z' });
    const path = "/data/ContactPersons(dataAreaId='usmf',ContactPersonId='000001')?cross-company=true";
    expect((await patch(path, { Notes: 'Called.' })).status).toBe(204);
    const { body } = await run.send('GET', path);
    expect(Date.parse(String(body['LastEditDateTime']))).toBeGreaterThan(Date.parse('2020-01-01T00:00:00Z'));
  });
});
