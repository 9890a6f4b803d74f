import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Account } from '../../../domain/accounts/account.ts';
import { recordKeyText } from '../../../domain/sync/record.ts';
import { externalIdKey } from '../../../domain/sync/external-id.ts';
import { nameKey } from '../../../domain/accounts/organization-name.ts';
import { settleAccount, type NamedOrganization, type Surroundings } from '../../../domain/accounts/reserve-account.ts';
import { account } from '../../fixtures/accounts.ts';

const POLICY = { template: '{legalEntity}:{accountNumber}', adopt: 'by-name' as const };
const NOTHING_HELD = { externalId: null, name: null, zendeskId: null };

interface Scene {
  readonly externalIds?: Record<string, string>;
  readonly names?: Record<string, string>;
  readonly organizations?: readonly (NamedOrganization & { name: string })[];
  readonly wanting?: number;
  readonly unread?: readonly string[];
  readonly refused?: readonly string[];
}

function around(scene: Scene): Surroundings {
  const { externalIds = {}, names = {}, organizations = [], wanting = 1, unread = [], refused = [] } = scene;
  return {
    externalIdHolder: (key) => externalIds[key],
    nameHolder: (key) => names[key],
    organizationsNamed: (key) => organizations.filter(({ name }) => nameKey(name) === key),
    organizationWithExternalId: (key) =>
      organizations.find(({ externalId }) => externalId !== null && externalIdKey(externalId) === key),
    wanting: () => wanting,
    unread,
    refused: (key) => refused.includes(key),
  };
}

const settle = (
  subject: Account,
  scene: Scene = {},
  policy: { template: string; adopt: 'by-name' | 'never' } = POLICY,
) => settleAccount(subject, NOTHING_HELD, { around: around(scene), policy });
const typed = (id: string, name: string) => ({ id, name, externalId: null, ours: null });
const contoso = account('C-1', { name: 'Contoso' });

describe('settling an account', () => {
  it('reserves its external id and its ERP name when nobody has them', () => {
    expect(settle(contoso)).toEqual({ reservation: { externalId: 'usmf:C-1', name: 'Contoso', adoptId: null } });
  });

  it('rejects it when another account holds the external id, whatever its case', () => {
    const settled = settle(contoso, { externalIds: { 'usmf:c-1': 'usmf/vendor/c-1' } });
    expect(settled).toMatchObject({ externalId: null, rejection: { code: 'external_id_contested' } });
  });

  it('rejects it when an organization of that external id is linked to another account', () => {
    const organizations = [{ id: '1', name: 'Other', externalId: 'USMF:C-1', ours: 'usmf/customer/c-1' }];
    expect(settle(contoso, { organizations })).toMatchObject({ rejection: { code: 'external_id_contested' } });
  });

  it('adopts the one organization of its name that nobody has claimed', () => {
    expect(settle(contoso, { organizations: [typed('7', ' contoso')] })).toMatchObject({
      reservation: { name: 'Contoso', adoptId: '7' },
    });
  });

  it.each([
    ['two organizations have the name', { organizations: [typed('7', 'Contoso'), typed('8', 'CONTOSO')] }],
    ['two accounts want the name', { organizations: [typed('7', 'Contoso')], wanting: 2 }],
  ])('never guesses: it is rejected when %s', (_when, scene) => {
    expect(settle(contoso, scene)).toMatchObject({ externalId: 'usmf:C-1', rejection: { code: 'name_ambiguous' } });
  });

  it('waits with an adoption while a legal entity that may hold another candidate is unread', () => {
    const settled = settle(contoso, { organizations: [typed('7', 'Contoso')], unread: ['frrt'] });
    expect(settled).toMatchObject({
      rejection: { code: 'waiting_for_entity', message: expect.stringContaining('frrt') as unknown },
    });
  });

  it('takes its number as a suffix when another account holds the name', () => {
    expect(settle(contoso, { names: { contoso: 'usmf/customer/C-0' } })).toMatchObject({
      reservation: { name: 'Contoso (C-1)', adoptId: null },
    });
  });

  it('takes a suffix rather than an organization that carries somebody else’s external id', () => {
    const organizations = [{ id: '7', name: 'Contoso', externalId: 'crm-7', ours: null }];
    expect(settle(contoso, { organizations })).toMatchObject({ reservation: { name: 'Contoso (C-1)' } });
  });

  it('takes a suffix where adoption is switched off', () => {
    const settled = settle(contoso, { organizations: [typed('7', 'Contoso')] }, { ...POLICY, adopt: 'never' });
    expect(settled).toMatchObject({ reservation: { name: 'Contoso (C-1)', adoptId: null } });
  });

  it('takes the next name when Zendesk has refused one', () => {
    expect(settle(contoso, { refused: ['contoso'] })).toMatchObject({ reservation: { name: 'Contoso (C-1)' } });
  });

  it('keeps a suffixed name that it holds although the plain one has become free', () => {
    const held = { externalId: 'usmf:C-1', name: 'Contoso (C-1)', zendeskId: '9' };
    expect(settleAccount(contoso, held, { around: around({}), policy: POLICY })).toMatchObject({
      reservation: { name: 'Contoso (C-1)' },
    });
  });

  it('counts an organization found by our external id as its own, and adopts no other', () => {
    const organizations = [{ id: '9', name: 'Contoso', externalId: 'usmf:C-1', ours: null }];
    expect(settle(contoso, { organizations })).toMatchObject({ reservation: { name: 'Contoso', adoptId: null } });
  });

  it('gives every account of one run an external id and a name of its own, whatever they are called', () => {
    const names = fc.constantFrom('Contoso', 'contoso ', 'Contoso (C-1)', 'Fabrikam', 'x'.repeat(300));
    const numbers = fc.constantFrom('C-1', 'c-1', 'C-2', 'C-3');
    const anyAccount = fc.record({
      name: names,
      key: numbers,
      kind: fc.constantFrom('customer' as const, 'vendor' as const),
      legalEntity: fc.constantFrom('usmf', 'frrt'),
    });
    fc.assert(
      fc.property(fc.uniqueArray(anyAccount, { selector: (key) => recordKeyText(key), maxLength: 16 }), (members) => {
        const externalIds: Record<string, string> = {};
        const taken: Record<string, string> = {};
        for (const each of members) {
          const subject = account(each.key, each);
          const settled = settle(subject, { externalIds, names: taken, wanting: 1 });
          if (!('reservation' in settled)) continue;
          const { externalId, name } = settled.reservation;
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
