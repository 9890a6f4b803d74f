import { afterEach, expect, it } from '@jest/globals';
import { innerError, runDynamics, type RunningDynamics } from './running-dynamics.ts';

let run: RunningDynamics;

afterEach(() => run.close());

it('refuses a query with a property that the environment lacks, and does not describe it', async () => {
  run = await runDynamics({ missingProperties: ['CustomerV3.KnownAs'] });
  run.server.state.upsertCustomer('usmf', 'US-001', { OrganizationName: 'Contoso' });
  const refused = await run.list('CustomersV3', { $select: 'CustomerAccount,KnownAs' });
  expect(refused.status).toBe(400);
  expect(innerError(refused).message).toContain("Could not find a property named 'KnownAs' on type");
  expect((await run.list('CustomersV3', { $orderby: 'KnownAs' })).status).toBe(400);
  const [row] = (await run.list('CustomersV3', {})).rows;
  expect(row).toMatchObject({ CustomerAccount: 'US-001' });
  expect(row).not.toHaveProperty('KnownAs');
  const described = await run.send('GET', "/metadata/PublicEntities('CustomerV3')");
  expect(described.text).not.toContain('"KnownAs"');
  expect((await run.send('GET', '/data/$metadata')).text).toContain('<Property Name="KnownAs"');
  run.server.settings.metadataDenied = true;
  expect((await run.send('GET', "/metadata/PublicEntities('CustomerV3')")).status).toBe(403);
});
