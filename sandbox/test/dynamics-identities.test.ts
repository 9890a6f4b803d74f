import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunningDynamics } from './running-dynamics.ts';
import { runDynamics } from './running-dynamics.ts';

describe('identities that move in the simulated F&O', () => {
  let run: RunningDynamics;

  beforeEach(async () => {
    run = await runDynamics();
    const { state } = run.server;
    state.upsertCustomer('usmf', 'US-001', { OrganizationName: 'Contoso', SalesMemo: 'by hand', PartyNumber: 'P1' });
    state.upsertContact('usmf', 'K1', { ContactPersonPartyNumber: 'X1', AssociatedPartyNumber: 'P1' });
    state.upsertContact('usmf', 'K2', { ContactPersonPartyNumber: 'X2', AssociatedPartyNumber: 'P1' });
  });

  afterEach(() => run.close());

  const customers = async () => (await run.list('CustomersV3', { $orderby: 'dataAreaId,CustomerAccount' })).rows;

  it('renames a primary key and keeps the party, the record id and all values', async () => {
    const [before] = await customers();
    expect(run.server.state.renameCustomer('usmf', 'US-001', 'US-900')).toMatchObject({ key: 'US-900' });
    const [after, ...others] = await customers();
    expect(others).toEqual([]);
    expect(after).toMatchObject({ CustomerAccount: 'US-900', PartyNumber: 'P1', SalesMemo: 'by hand' });
    const recordId = (row: typeof after): string | undefined => /,(\d+);/.exec(String(row?.['@odata.etag']))?.[1];
    expect(recordId(after)).toBe(recordId(before));
    expect(after?.['@odata.etag']).not.toBe(before?.['@odata.etag']);
  });

  it('renames no row to the key of another one, but changes the case of a key', async () => {
    run.server.state.upsertCustomer('usmf', 'US-002', {});
    expect(() => run.server.state.renameCustomer('usmf', 'US-001', 'us-002')).toThrow(RangeError);
    expect(run.server.state.renameCustomer('usmf', 'US-009', 'US-010')).toBeUndefined();
    expect(run.server.state.renameCustomer('usmf', 'US-001', 'us-001')).toMatchObject({ key: 'us-001' });
    expect((await customers()).map((row) => row['CustomerAccount'])).toEqual(['us-001', 'US-002']);
  });

  it('gives an account another party, and leaves its contacts with the former one', async () => {
    run.server.state.changeCustomerParty('usmf', 'US-001', { type: 'Person' });
    const [customer] = await customers();
    expect(customer).toMatchObject({ PartyType: 'Person' });
    expect(customer?.['PartyNumber']).not.toBe('P1');
    const { rows } = await run.list('ContactPersons');
    expect(rows.map((row) => row['AssociatedPartyNumber'])).toEqual(['P1', 'P1']);
  });

  it('merges two parties wherever they are referred to', async () => {
    expect(run.server.state.mergeParties('X2', 'X1')).toBe(1);
    expect(run.server.state.mergeParties('P1', 'P9')).toBe(3);
    const { rows } = await run.list('ContactPersons');
    expect(rows.map((row) => [row['ContactPersonPartyNumber'], row['AssociatedPartyNumber']])).toEqual([
      ['X1', 'P9'],
      ['X1', 'P9'],
    ]);
  });
});
