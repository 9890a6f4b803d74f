import { describe, expect, it } from '@jest/globals';
import { createEdits, readingOnly } from '../fixtures/edits.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

const HALF = '\ud83e';
const REPLACED = '\uFFFD';

describe('text that cannot be stored', () => {
  const world = setUpWorld();
  const edits = createEdits(world);

  it('in a name or field of an account is replaced and remarked, and its neighbours are written', async () => {
    await edits.customer('un', 'N-1', { OrganizationName: `Bakery Nord ${HALF}`, AddressCity: 'Oslo' });
    await edits.customer('un', 'N-2', { OrganizationName: 'Nul Store', AddressCity: 'Ber\u0000gen' });
    await edits.connect('unstorable', { un: { 'N-3': 'Neighbour 🥐' } });
    const run = await world.sync('unstorable');
    expect(run).toMatchObject({ status: 'completed', totals: { read: 3, created: 3 } });
    expect(await edits.names('un')).toEqual({
      'N-1': `Bakery Nord ${REPLACED}`,
      'N-2': 'Nul Store',
      'N-3': 'Neighbour 🥐',
    });
    expect(await edits.record('unstorable', 'N-1')).toMatchObject({ state: 'created', code: 'text_repaired' });
    expect((await edits.record('unstorable', 'N-1'))?.message).toContain('OrganizationName');
    expect((await edits.record('unstorable', 'N-2'))?.message).toContain('AddressCity');
    expect(await edits.record('unstorable', 'N-3')).toMatchObject({ code: null });
    await world.sandbox.control('DELETE', '/journal');
    expect(await world.sync('unstorable')).toMatchObject({ status: 'completed', totals: { unchanged: 3 } });
    expect(await world.sync('unstorable', { full: true })).toMatchObject({ totals: { unchanged: 3 } });
    const writes = (await edits.journal('zendesk')).filter(({ method }) => method !== 'GET');
    expect(writes).toEqual([]);
    expect(await edits.record('unstorable', 'N-1')).toMatchObject({ state: 'unchanged', code: 'text_repaired' });
  });

  it('in an account number rejects that account only, and differs from the same number without it', async () => {
    for (const key of [`K${HALF}`, 'K\ud83d', 'K\u0000']) {
      const customer = { legalEntity: 'uk', key, values: { OrganizationName: 'Broken Key' } };
      await world.sandbox.control('POST', '/state/dynamics/customers', customer);
    }
    await edits.connect('keys', { uk: { K: 'Right Key' } });
    const run = await world.sync('keys');
    expect(run).toMatchObject({ status: 'completed', totals: { read: 4, created: 1, rejected: 3 } });
    for (const key of [String.raw`K\ud83e`, String.raw`K\ud83d`, String.raw`K\u0000`])
      expect(await edits.record('keys', key)).toMatchObject({ state: 'rejected', code: 'external_id_unsupported' });
    expect(await edits.names('uk')).toEqual({ K: 'Right Key' });
    expect(await world.sync('keys')).toMatchObject({ totals: { unchanged: 1, rejected: 3, created: 0 } });
  });

  it('in an organization of somebody else does not keep a sync from reading it', async () => {
    await edits.addOrganization({ name: 'Pasted\u0000 Name Ltd', details: HALF });
    await edits.addOrganization({ name: `Cut ${HALF}`, external_id: `x${HALF}` });
    await edits.connect('foreign', { uf: { F1: 'Own Company' } });
    expect(await world.sync('foreign')).toMatchObject({ status: 'completed', totals: { created: 1 } });
    expect(await world.sync('foreign', { full: true })).toMatchObject({ totals: { unchanged: 1 } });
  });

  it('in a contact is replaced, and an address that contains it is not written', async () => {
    const account = { OrganizationName: 'Party Company', PartyNumber: '000900', PartyType: 'Organization' };
    await edits.customer('uc', 'C-1', account);
    const contact = (id: string, values: object) =>
      world.sandbox.control('PUT', `/state/dynamics/contacts/uc/${id}`, {
        ...{
          AssociatedPartyNumber: '000900',
          ContactPersonPartyNumber: `0009${id}`,
          FirstName: 'Ada',
          LastName: 'Berg',
        },
        ...values,
      });
    await contact('01', { LastName: `Berg${HALF}`, PrimaryEmailAddress: 'ada@nord.example.com' });
    await contact('02', { LastName: 'Dahl', PrimaryEmailAddress: `dahl${HALF}@nord.example.com` });
    await contact('03', { LastName: 'Eng', PrimaryEmailAddress: 'eng@nord.example.com' });
    await world.connect('people', (settings) => {
      const { sync, ...others } = readingOnly(['uc'])(settings);
      return { ...others, sync: { ...sync, contacts: true } };
    });
    const run = await world.sync('people');
    expect(run).toMatchObject({ status: 'completed', totals: { created: 4 } });
    expect(await edits.record('people', '01', 'contact')).toMatchObject({ code: 'text_repaired' });
    expect(await edits.record('people', '02', 'contact')).toMatchObject({ code: 'text_repaired' });
    expect((await edits.record('people', '02', 'contact'))?.message).toContain('without one');
    expect(await world.sync('people', { full: true })).toMatchObject({ totals: { unchanged: 4 } });
  });
});
