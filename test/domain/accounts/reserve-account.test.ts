import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  reserveAccount,
  type HeldReservation,
  type NamedOrganization,
  type ReservationContext,
  type ReservationPolicy,
} from '../../../domain/accounts/reserve-account.ts';
import { externalIdKey } from '../../../domain/sync/external-id.ts';
import { nameKey } from '../../../domain/sync/record-name.ts';
import { recordKeyText, type ErpRecord } from '../../../domain/sync/record.ts';
import { account } from '../../fixtures/accounts.ts';

const TEMPLATE = '{legalEntity}:{accountNumber}';
const POLICY: ReservationPolicy = { templates: { customer: TEMPLATE, vendor: TEMPLATE }, adopt: 'by-name' };
const NOTHING_HELD = { externalId: null, name: null, zendeskId: null };

interface Scene {
  readonly externalIds?: Record<string, string>;
  readonly names?: Record<string, string>;
  readonly organizations?: readonly (NamedOrganization & { name: string })[];
  readonly unlinked?: number;
  readonly incompleteEntities?: readonly string[];
  readonly refused?: readonly string[];
}

function contextOf(scene: Scene): ReservationContext {
  const { externalIds = {}, names = {}, organizations = [] } = scene;
  const { unlinked = 1, incompleteEntities = [], refused = [] } = scene;
  return {
    externalIdHolder: (key) => externalIds[key],
    nameHolder: (key) => names[key],
    organizationsNamed: (key) => organizations.filter(({ name }) => nameKey(name) === key),
    organizationWithExternalId: (key) =>
      organizations.find(({ externalId }) => externalId !== null && externalIdKey(externalId) === key),
    accountsNamed: () => unlinked,
    incompleteEntities,
    refused: (key) => refused.includes(key),
  };
}

const reserve = (subject: ErpRecord, scene: Scene = {}, policy = POLICY) =>
  reserveAccount(subject, NOTHING_HELD, { context: contextOf(scene), policy });
const typed = (id: string, name: string) => ({ id, name, externalId: null, linkedTo: null });
const contoso = account('C-1', { name: 'Contoso' });

describe('the reservation of an account', () => {
  it('is its external id and its ERP name when nobody has them', () => {
    expect(reserve(contoso)).toEqual({ reservation: { externalId: 'usmf:C-1', name: 'Contoso', adoptId: null } });
  });

  it('is rejected when another account holds the external id, whatever its case', () => {
    const result = reserve(contoso, { externalIds: { 'usmf:c-1': 'usmf/vendor/c-1' } });
    expect(result).toMatchObject({ externalId: null, rejection: { code: 'external_id_contested' } });
  });

  it('is rejected when an organization of that external id is linked to another account', () => {
    const organizations = [{ id: '1', name: 'Other', externalId: 'USMF:C-1', linkedTo: 'usmf/customer/c-1' }];
    expect(reserve(contoso, { organizations })).toMatchObject({ rejection: { code: 'external_id_contested' } });
  });

  it('adopts the one organization of its name that no account is linked to', () => {
    expect(reserve(contoso, { organizations: [typed('7', ' contoso')] })).toMatchObject({
      reservation: { name: 'Contoso', adoptId: '7' },
    });
  });

  it.each([
    ['two organizations have the name', { organizations: [typed('7', 'Contoso'), typed('8', 'CONTOSO')] }],
    ['two accounts without organization have the name', { organizations: [typed('7', 'Contoso')], unlinked: 2 }],
  ])('is rejected rather than guessed when %s', (_when, scene) => {
    expect(reserve(contoso, scene)).toMatchObject({ externalId: 'usmf:C-1', rejection: { code: 'name_ambiguous' } });
  });

  it('waits with an adoption while a legal entity that may hold another candidate could not be read', () => {
    const result = reserve(contoso, { organizations: [typed('7', 'Contoso')], incompleteEntities: ['frrt'] });
    expect(result).toMatchObject({
      rejection: { code: 'waiting_for_entity', message: expect.stringContaining('frrt') as unknown },
    });
  });

  it('is the name with the account number as a suffix when another account holds the name', () => {
    expect(reserve(contoso, { names: { contoso: 'usmf/customer/C-0' } })).toMatchObject({
      reservation: { name: 'Contoso (C-1)', adoptId: null },
    });
  });

  it('is a name with a suffix when an organization of that name has another external id', () => {
    const organizations = [{ id: '7', name: 'Contoso', externalId: 'crm-7', linkedTo: null }];
    expect(reserve(contoso, { organizations })).toMatchObject({ reservation: { name: 'Contoso (C-1)' } });
  });

  it('is a name with a suffix where adoption is switched off', () => {
    const result = reserve(contoso, { organizations: [typed('7', 'Contoso')] }, { ...POLICY, adopt: 'never' });
    expect(result).toMatchObject({ reservation: { name: 'Contoso (C-1)', adoptId: null } });
  });

  it('is the next name when Zendesk has refused one', () => {
    expect(reserve(contoso, { refused: ['contoso'] })).toMatchObject({ reservation: { name: 'Contoso (C-1)' } });
  });

  it('may be the name of an organization that is linked to an account with another name', () => {
    const organizations = [{ id: '7', name: 'Contoso', externalId: 'usmf:C-0', linkedTo: 'usmf/customer/C-0' }];
    expect(reserve(contoso, { organizations })).toMatchObject({ reservation: { name: 'Contoso', adoptId: null } });
    const names = { contoso: 'usmf/customer/C-0' };
    expect(reserve(contoso, { organizations, names })).toMatchObject({ reservation: { name: 'Contoso (C-1)' } });
  });

  it('is rejected when every name that it may have is taken in Zendesk', () => {
    const names = ['Contoso', 'Contoso (C-1)', 'Contoso (usmf C-1)', 'Contoso (usmf customer C-1)'];
    const organizations = names.map((name, at) => typed(String(at), name));
    expect(reserve(contoso, { organizations }, { ...POLICY, adopt: 'never' })).toMatchObject({
      externalId: 'usmf:C-1',
      rejection: { code: 'name_ambiguous' },
    });
  });

  describe('with a name with a suffix', () => {
    const held = { externalId: 'usmf:C-1', name: 'Contoso (C-1)', zendeskId: '9' };
    const own = { id: '9', name: 'Contoso (C-1)', externalId: 'usmf:C-1', linkedTo: 'usmf/customer/C-1' };
    const nameAt = (scene: Scene, more: Partial<HeldReservation> = {}) =>
      reserveAccount(contoso, { ...held, ...more }, { context: contextOf(scene), policy: POLICY });

    it('is the plain name as soon as nobody has it', () => {
      expect(nameAt({ organizations: [own] })).toMatchObject({ reservation: { name: 'Contoso', adoptId: null } });
    });

    it.each([
      ['an account has reserved the plain name', { names: { contoso: 'usmf/customer/C-0' } }],
      ['an organization without account has it', { organizations: [typed('7', 'CONTOSO')] }],
      [
        'the organization of an account has it that is about to get another name',
        { organizations: [{ id: '7', name: 'Contoso', externalId: 'usmf:C-0', linkedTo: 'usmf/customer/C-0' }] },
      ],
    ])('stays while %s', (_, scene) => {
      expect(nameAt(scene)).toMatchObject({ reservation: { name: 'Contoso (C-1)', adoptId: null } });
    });

    it('stays after Zendesk has refused the plain name for no visible reason', () => {
      expect(nameAt({}, { isPlainRefused: true })).toMatchObject({ reservation: { name: 'Contoso (C-1)' } });
    });

    it('has the number of the account, not a former one', () => {
      const names = { contoso: 'usmf/customer/C-0' };
      expect(nameAt({ names }, { name: 'Contoso (C-OLD)' })).toMatchObject({ reservation: { name: 'Contoso (C-1)' } });
    });

    it('is the plain name if a person has given it to the organization of the account', () => {
      expect(nameAt({ organizations: [{ ...own, name: 'Contoso' }] })).toMatchObject({
        reservation: { name: 'Contoso' },
      });
    });
  });

  describe('that was renamed and is linked', () => {
    const renamed = { externalId: 'usmf:C-1', name: null, zendeskId: '9' };
    const leaving = { id: '7', name: 'Contoso', externalId: 'usmf:C-0', linkedTo: 'usmf/customer/C-0' };
    const at = (scene: Scene) => reserveAccount(contoso, renamed, { context: contextOf(scene), policy: POLICY });

    it('is a name with a suffix until the organization that has its name has another one', () => {
      expect(at({ organizations: [leaving] })).toMatchObject({ reservation: { name: 'Contoso (C-1)' } });
      expect(at({ organizations: [{ ...leaving, name: 'Fabrikam' }] })).toMatchObject({
        reservation: { name: 'Contoso' },
      });
    });

    it('is a name with a suffix that no organization has', () => {
      const suffixed = { ...leaving, id: '8', name: 'contoso (c-1)' };
      expect(at({ organizations: [leaving, suffixed] })).toMatchObject({
        reservation: { name: 'Contoso (usmf C-1)' },
      });
    });
  });

  it('names the organizations and what to do when external ids were moved in Zendesk', () => {
    const own = { id: '70', name: 'Contoso', externalId: 'usmf:C-2', linkedTo: 'usmf/customer/C-1' };
    const other = { id: '71', name: 'Fabrikam', externalId: 'usmf:C-1', linkedTo: 'usmf/customer/C-2' };
    const held = { externalId: 'usmf:C-1', name: 'Contoso', zendeskId: '70', organization: own };
    const context = contextOf({ organizations: [own, other] });
    expect(reserveAccount(contoso, held, { context, policy: POLICY })).toEqual({
      externalId: null,
      rejection: {
        code: 'external_id_contested',
        message:
          'The external id "usmf:C-1" of this account is on the organization "Fabrikam" (71) in Zendesk, which belongs to usmf/customer/C-2. The organization of this account is "Contoso" (70), with the external id "usmf:C-2".',
        action:
          'In Zendesk, give the organization "Contoso" (70) the external id "usmf:C-1" again. External ids are unique, so first remove it from the organization "Fabrikam" (71). Then run `ledgerdesk retry ID`.',
        candidates: [
          { zendeskId: '71', name: 'Fabrikam', externalId: 'usmf:C-1', linkedTo: 'usmf/customer/C-2' },
          { zendeskId: '70', name: 'Contoso', externalId: 'usmf:C-2', linkedTo: 'usmf/customer/C-1' },
        ],
      },
    });
  });

  it('names the organization that has the external id when the account has none', () => {
    const other = { id: '71', name: 'Fabrikam', externalId: 'usmf:C-1', linkedTo: 'usmf/customer/C-2' };
    expect(reserve(contoso, { organizations: [other] })).toMatchObject({
      rejection: {
        message: expect.stringContaining('"Fabrikam" (71)') as unknown,
        action: expect.stringContaining('"Fabrikam" (71)') as unknown,
        candidates: [{ zendeskId: '71' }],
      },
    });
  });

  it('is rejected when a typed organization could belong to it, although a name with a suffix was reserved before', () => {
    const held = { externalId: 'usmf:C-1', name: 'Contoso (C-1)', zendeskId: null };
    const at = (scene: Scene) => reserveAccount(contoso, held, { context: contextOf(scene), policy: POLICY });
    const organizations = [typed('7', 'Contoso')];
    expect(at({ organizations, unlinked: 2 })).toMatchObject({ rejection: { code: 'name_ambiguous' } });
    expect(at({ organizations })).toMatchObject({ reservation: { name: 'Contoso', adoptId: '7' } });
    expect(at({ organizations, names: { contoso: 'usmf/customer/C-0' } })).toMatchObject({
      reservation: { name: 'Contoso (C-1)', adoptId: null },
    });
    expect(at({})).toMatchObject({ reservation: { name: 'Contoso', adoptId: null } });
  });

  it('takes an organization with our external id as the account’s own, and adopts no other', () => {
    const organizations = [{ id: '9', name: 'Contoso', externalId: 'usmf:C-1', linkedTo: null }];
    expect(reserve(contoso, { organizations })).toMatchObject({ reservation: { name: 'Contoso', adoptId: null } });
  });

  it('is an external id and a name of its own for every account of a run, whatever their names', () => {
    const names = fc.constantFrom('Contoso', 'contoso ', 'Contoso (C-1)', 'Fabrikam', 'x'.repeat(300));
    const numbers = fc.constantFrom('C-1', 'c-1', 'C-2', 'C-3');
    const anyAccount = fc.record({
      name: names,
      key: numbers,
      kind: fc.constantFrom('customer', 'vendor'),
      legalEntity: fc.constantFrom('usmf', 'frrt'),
    });
    fc.assert(
      fc.property(fc.uniqueArray(anyAccount, { selector: (key) => recordKeyText(key), maxLength: 16 }), (members) => {
        const externalIds: Record<string, string> = {};
        const taken: Record<string, string> = {};
        for (const each of members) {
          const subject = account(each.key, each);
          const result = reserve(subject, { externalIds, names: taken, unlinked: 1 });
          if (!('reservation' in result)) continue;
          const { externalId, name } = result.reservation;
          expect(externalIds[externalIdKey(externalId)]).toBeUndefined();
          expect(taken[nameKey(name)]).toBeUndefined();
          externalIds[externalIdKey(externalId)] = recordKeyText(subject);
          taken[nameKey(name)] = recordKeyText(subject);
        }
      }),
      { seed: 5, numRuns: 1_000 },
    );
  });
});
