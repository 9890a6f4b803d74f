import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Sandbox } from '../sandbox.ts';
import { startSandbox } from '../sandbox.ts';

type Wire = Readonly<Record<string, unknown>>;

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await startSandbox({ seed: 'empty', clockScale: 60 });
});

afterEach(() => sandbox.close());

const control = async (method: string, path: string, body: object): Promise<{ status: number }> =>
  fetch(`${sandbox.control}${path}`, {
    method,
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });

describe('extension fields of the simulated F&O', () => {
  it('are returned, written, cut at their length and described', async () => {
    const field = { entitySet: 'CustomersV3', name: 'ABCStatus', maxLength: 5 };
    expect((await control('POST', '/state/dynamics/fields', field)).status).toBe(204);
    const count = { entitySet: 'CustomersV3', name: 'ABCOpenTickets', type: 'Edm.Int32' };
    expect((await control('POST', '/state/dynamics/fields', count)).status).toBe(204);
    expect((await control('POST', '/state/dynamics/fields', { ...count, entitySet: 'Nothing' })).status).toBe(404);
    await control('PUT', '/state/dynamics/customers/usmf/US-001', { OrganizationName: 'Contoso' });
    const { tenantId, clientId: client_id, clientSecret: client_secret, dynamics } = sandbox;
    const form = { grant_type: 'client_credentials', client_id, client_secret, scope: `${dynamics}/.default` };
    const url = `${sandbox.entra}/${tenantId}/oauth2/v2.0/token`;
    const token = (await (await fetch(url, { method: 'POST', body: new URLSearchParams(form) })).json()) as Wire;
    const headers = { authorization: `Bearer ${String(token['access_token'])}`, 'content-type': 'application/json' };
    const row = `${dynamics}/data/CustomersV3(dataAreaId='usmf',CustomerAccount='US-001')?cross-company=true`;
    const patch = (body: object): Promise<Response> =>
      fetch(row, { method: 'PATCH', headers, body: JSON.stringify(body) });
    await control('PATCH', '/settings/dynamics', { updateConflicts: 1 });
    const conflict = await patch({ ABCOpenTickets: 3 });
    expect([conflict.status, await conflict.text()]).toEqual([
      400,
      expect.stringContaining('An update conflict occurred'),
    ]);
    expect((await patch({ ABCOpenTickets: 3, ABCStatus: 'escalated' })).status).toBe(204);
    const read = (await (await fetch(`${row}&$select=ABCStatus,ABCOpenTickets`, { headers })).json()) as Wire;
    expect(read).toMatchObject({ ABCStatus: 'escal', ABCOpenTickets: 3, '@odata.etag': expect.any(String) });
    const entity = await fetch(`${dynamics}/metadata/PublicEntities('CustomerV3')`, { headers });
    expect(((await entity.json()) as { Properties: Wire[] }).Properties).toContainEqual(
      expect.objectContaining({ Name: 'ABCOpenTickets', DataType: 'Int32', AllowEdit: true }),
    );
    const csdl = await (await fetch(`${dynamics}/data/$metadata`, { headers })).text();
    expect(csdl).toContain('<Property Name="ABCStatus" Type="Edm.String" MaxLength="5"/>');
  });
});
