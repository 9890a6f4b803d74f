import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ContactReservationResult } from '../../../domain/contacts/reserve-contact.ts';
import type { TargetName } from '../../../domain/entity-spec.ts';
import { keyOf, type ErpRecord } from '../../../domain/sync/record.ts';
import type { Store } from '../../../store/store.ts';
import { account, saveConnection } from '../../fixtures/accounts.ts';
import { openTestStore } from '../../fixtures/database.ts';
import { contactOf } from '../../fixtures/people-records.ts';

const CONNECTION = 'contoso';
const POLICY = {
  connectionId: CONNECTION,
  templates: { contact: '{legalEntity}:{contactId}' },
  sharedMailbox: 'first' as const,
};

describe('the reservations of contacts', () => {
  let store: Store;
  let close: () => Promise<void>;
  let runs = 0;

  beforeAll(async () => {
    ({ store, close } = await openTestStore());
  });
  afterAll(() => close());
  beforeEach(async () => {
    await store.connections.remove(CONNECTION);
    await saveConnection(store, CONNECTION);
    const a1 = account('A1', { party: 'P-A1' });
    const runId = await stage('organization', [a1]);
    await store.reservations.prepare({ runId, connectionId: CONNECTION, kinds: ['customer'] });
    await store.changes.record(
      { runId, connectionId: CONNECTION },
      { outcomes: [{ ...keyOf(a1), outcome: 'created', zendeskId: '901' }] },
    );
    await end(runId);
  });

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
    expect(await store.users.linked(CONNECTION, ['71'])).toEqual(new Set(['71']));
    const again = await reserve([contactOf('K1', person), contactOf('K2', person)]);
    expect(again.get('K1')).toMatchObject({ follows: { key: 'K2' } });
  });

  it('are the same when contacts are reserved again', async () => {
    const contacts = [contactOf('K1'), contactOf('K2', { email: 'k1@contoso.example' }), contactOf('K3')];
    const first = await reserve(contacts);
    expect(await reserve(contacts)).toEqual(first);
  });

  it('are made page by page', async () => {
    const contacts = ['K1', 'K2', 'K3'].map((key) => contactOf(key));
    const runId = await stage('user', contacts);
    await store.contactReservations.prepare({ runId, connectionId: CONNECTION });
    const page = (after: number) => store.contactReservations.reservePage({ ...POLICY, runId }, after, 2);
    expect([await page(0), await page(2), await page(3)]).toEqual([2, 3, null]);
    await end(runId);
  });

  it('are not made for contacts whose account is unknown in their own company', async () => {
    const reserved = await reserve([contactOf('K1', { legalEntity: 'frrt' }), contactOf('K2', { party: 'P-unknown' })]);
    expect(reserved.get('K1')).toMatchObject({ skipped: { code: 'no_account' } });
    expect(reserved.get('K2')).toMatchObject({ skipped: { code: 'no_account' } });
  });

  /** Reserves contacts in a run of their own, after which some of them have these users. */
  async function reserve(
    contacts: readonly ErpRecord[],
    users: Readonly<Record<string, string>> = {},
  ): Promise<Map<string, ContactReservationResult | null>> {
    const runId = await stage('user', contacts);
    await store.contactReservations.prepare({ runId, connectionId: CONNECTION });
    await store.contactReservations.reservePage({ ...POLICY, runId }, 0, 100);
    const reserved = new Map<string, ContactReservationResult | null>();
    for (const legalEntity of new Set(contacts.map((contact) => contact.legalEntity))) {
      const slice = { runId, legalEntity, kind: 'contact', target: 'user' } as const;
      const page = { after: '', limit: 100 };
      const rows = await store.planning.rows<unknown, ContactReservationResult>(CONNECTION, slice, page);
      for (const row of rows) reserved.set(row.record.key, row.reservation);
    }
    const outcomes = contacts.map((contact) => ({
      ...keyOf(contact),
      outcome: 'unchanged' as const,
      zendeskId: users[contact.key],
    }));
    await store.changes.record({ runId, connectionId: CONNECTION }, { outcomes });
    await end(runId);
    return reserved;
  }

  async function stage(target: TargetName, records: readonly ErpRecord[]): Promise<string> {
    runs += 1;
    const runId = `run-${runs}`;
    const scope = { full: false, acceptShrink: false, kind: 'master' as const };
    await store.runs.begin({ runId, workflowId: 'sync', connectionId: CONNECTION, ...scope });
    await store.staging.addRecords({ runId, target }, records, await store.staging.now());
    return runId;
  }

  async function end(runId: string): Promise<void> {
    await store.reports.finish(runId, { status: 'completed', waitedMs: 0, error: null });
  }
});
