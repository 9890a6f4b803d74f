import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ContactReservationResult } from '../../../domain/contacts/reserve-contact.ts';
import { keyOf, type ErpRecord } from '../../../domain/sync/record.ts';
import { account } from '../../fixtures/accounts.ts';
import { useConnectedStore } from '../../fixtures/connected-store.ts';
import { contactOf } from '../../fixtures/people-records.ts';
import { beginRun, CONNECTION, endRun, link, recordChanges, sliceOf } from '../kit.ts';

const POLICY = {
  connectionId: CONNECTION,
  templates: { contact: '{legalEntity}:{contactId}' },
  sharedMailbox: 'first' as const,
};

describe('the reservations of contacts', () => {
  const at = useConnectedStore();
  beforeEach(() => link(at.store, account('A1', { party: 'P-A1' }), '901'));

  it('go to the contacts in the order of their keys, and an address to the first that has it', async () => {
    const shared = { email: 'desk@contoso.example' };
    const reserved = await reserve([contactOf('K2', shared), contactOf('K1', { email: 'DESK@contoso.example' })]);
    expect(reserved.get('K1')).toMatchObject({ externalId: 'usmf:K1', organizationIds: ['901'], remark: null });
    expect(reserved.get('K2')).toMatchObject({ externalId: 'usmf:K2', email: null, remark: { code: 'email_shared' } });
  });

  it('release an address once the ERP has changed it, so that contacts can swap theirs', async () => {
    await reserve([contactOf('K1'), contactOf('K2')]);
    const reserved = await reserve([
      contactOf('K1', { email: 'k2@contoso.example' }),
      contactOf('K2', { email: 'k1@contoso.example' }),
    ]);
    expect(reserved.get('K1')).toMatchObject({ email: 'k2@contoso.example', remark: null });
    expect(reserved.get('K2')).toMatchObject({ email: 'k1@contoso.example', remark: null });
  });

  it('keep an address with the contact that has a user, whatever the order of keys', async () => {
    const shared = { email: 'desk@contoso.example' };
    await reserve([contactOf('K2', shared)], { K2: '72' });
    const reserved = await reserve([contactOf('K1', shared), contactOf('K2', shared)]);
    expect(reserved.get('K2')).toMatchObject({ email: 'desk@contoso.example', remark: null });
    expect(reserved.get('K1')).toMatchObject({ email: null, remark: { code: 'email_shared' } });
  });

  it('pass to another row of the person, user and address included, when the first becomes inactive', async () => {
    const person = { person: 'X', email: 'both@contoso.example' };
    await reserve([contactOf('K1', person), contactOf('K2', person)], { K1: '71' });
    const reserved = await reserve([contactOf('K1', { ...person, isInactive: true }), contactOf('K2', person)]);
    expect(reserved.get('K1')).toMatchObject({ skipped: { code: 'contact_inactive' } });
    expect(reserved.get('K2')).toMatchObject({ externalId: 'usmf:K1', email: 'both@contoso.example' });
    expect(await at.store.users.linked(CONNECTION, ['71'])).toEqual(new Set(['71']));
    const again = await reserve([contactOf('K1', person), contactOf('K2', person)]);
    expect(again.get('K1')).toMatchObject({ follows: { key: 'K2' } });
  });

  it('are the same when contacts are reserved again', async () => {
    const contacts = [contactOf('K1'), contactOf('K2', { email: 'k1@contoso.example' }), contactOf('K3')] as const;
    const first = await reserve(contacts);
    expect(await reserve(contacts)).toEqual(first);
  });

  it('are made page by page', async () => {
    const runId = await beginRun(at.store, [contactOf('K1'), contactOf('K2'), contactOf('K3')]);
    const page = (after: number) => at.store.contactReservations.reservePage({ ...POLICY, runId }, after, 2);
    expect([await page(0), await page(2), await page(3)]).toEqual([2, 3, null]);
    await endRun(at.store, runId);
  });

  it('are not made for contacts whose account is unknown in their own company', async () => {
    const reserved = await reserve([contactOf('K1', { legalEntity: 'frrt' }), contactOf('K2', { party: 'P-unknown' })]);
    expect(reserved.get('K1')).toMatchObject({ skipped: { code: 'no_account' } });
    expect(reserved.get('K2')).toMatchObject({ skipped: { code: 'no_account' } });
  });

  /** Reserves contacts in a run of their own, after which some of them have these users. */
  async function reserve(
    contacts: readonly [ErpRecord, ...ErpRecord[]],
    users: Readonly<Record<string, string>> = {},
  ): Promise<Map<string, ContactReservationResult | null>> {
    const runId = await beginRun(at.store, contacts);
    await at.store.contactReservations.reservePage({ ...POLICY, runId }, 0, 100);
    const reserved = new Map<string, ContactReservationResult | null>();
    for (const contact of contacts) {
      const page = { after: '', limit: 100 };
      const slice = sliceOf(runId, contact);
      const rows = await at.store.planning.rows<unknown, ContactReservationResult>(CONNECTION, slice, page);
      for (const row of rows) reserved.set(row.record.key, row.reservation);
    }
    const outcomes = contacts.map((contact) => ({
      ...keyOf(contact),
      outcome: 'unchanged' as const,
      zendeskId: users[contact.key],
    }));
    await recordChanges(at.store, runId, { outcomes });
    await endRun(at.store, runId);
    return reserved;
  }
});
