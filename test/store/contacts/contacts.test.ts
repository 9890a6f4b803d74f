import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Contact } from '../../../domain/contacts/contact.ts';
import type { ErpRecord } from '../../../domain/sync/erp-record.ts';
import type { ContactSettlement } from '../../../domain/contacts/reserve-contact.ts';
import type { Store } from '../../../store/store.ts';
import { account, saveConnection } from '../../fixtures/accounts.ts';
import { openTestStore } from '../../fixtures/database.ts';
import { contactOf } from '../../fixtures/people-records.ts';

const CONNECTION = 'contoso';
const POLICY = { connectionId: CONNECTION, template: '{legalEntity}:{contactId}', sharedMailbox: 'first' as const };

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
    const a1 = account('A1', { partyNumber: 'P-A1' });
    const runId = await stage([a1]);
    await store.reservations.prepare(runId, CONNECTION);
    const written = { zendeskId: '901', hash: 'a' };
    await store.work.record(
      { runId, connectionId: CONNECTION },
      { outcomes: [{ ...keyOf(a1), outcome: 'created', written }] },
    );
    await end(runId);
  });

  it('go to the contacts in the order of their keys, and an address to the first that has it', async () => {
    const shared = { email: 'desk@contoso.example' };
    const settled = await settle([contactOf('K2', shared), contactOf('K1', { email: 'DESK@contoso.example' })]);
    expect(settled.get('K1')).toMatchObject({ externalId: 'usmf:K1', organizationIds: ['901'], remark: null });
    expect(settled.get('K2')).toMatchObject({ externalId: 'usmf:K2', email: null, remark: { code: 'email_shared' } });
  });

  it('let an address go once the ERP has changed it, so that contacts can swap', async () => {
    await settle([contactOf('K1'), contactOf('K2')]);
    const settled = await settle([
      contactOf('K1', { email: 'k2@contoso.example' }),
      contactOf('K2', { email: 'k1@contoso.example' }),
    ]);
    expect(settled.get('K1')).toMatchObject({ email: 'k2@contoso.example', remark: null });
    expect(settled.get('K2')).toMatchObject({ email: 'k1@contoso.example', remark: null });
  });

  it('stay with who has a user, whatever the order of keys', async () => {
    const shared = { email: 'desk@contoso.example' };
    await settle([contactOf('K2', shared)], { K2: '72' });
    const settled = await settle([contactOf('K1', shared), contactOf('K2', shared)]);
    expect(settled.get('K2')).toMatchObject({ email: 'desk@contoso.example', remark: null });
    expect(settled.get('K1')).toMatchObject({ email: null, remark: { code: 'email_shared' } });
  });

  it('pass to another row of the person, user and address included, when the first becomes inactive', async () => {
    const person = { personParty: 'X', email: 'both@contoso.example' };
    await settle([contactOf('K1', person), contactOf('K2', person)], { K1: '71' });
    const settled = await settle([contactOf('K1', { ...person, isInactive: true }), contactOf('K2', person)]);
    expect(settled.get('K1')).toMatchObject({ skipped: { code: 'contact_inactive' } });
    expect(settled.get('K2')).toMatchObject({ externalId: 'usmf:K1', email: 'both@contoso.example' });
    expect(await store.users.linked(CONNECTION, ['71'])).toEqual(new Set(['71']));
    const again = await settle([contactOf('K1', person), contactOf('K2', person)]);
    expect(again.get('K1')).toMatchObject({ follows: { key: 'K2' } });
  });

  it('are the same when a page is settled twice', async () => {
    const contacts = [contactOf('K1'), contactOf('K2', { email: 'k1@contoso.example' }), contactOf('K3')];
    const first = await settle(contacts);
    expect(await settle(contacts)).toEqual(first);
  });

  it('are settled page by page', async () => {
    const runId = await stage(['K1', 'K2', 'K3'].map((key) => contactOf(key)));
    await store.contactReservations.prepare(runId, CONNECTION);
    const page = (after: number) => store.contactReservations.settlePage({ ...POLICY, runId }, after, 2);
    expect([await page(0), await page(2), await page(3)]).toEqual([2, 3, null]);
    await end(runId);
  });

  it('are not made for contacts whose account is unknown in their own company', async () => {
    const settled = await settle([
      contactOf('K1', { legalEntity: 'frrt' }),
      contactOf('K2', { accountParty: 'P-unknown' }),
    ]);
    expect(settled.get('K1')).toMatchObject({ skipped: { code: 'no_account' } });
    expect(settled.get('K2')).toMatchObject({ skipped: { code: 'no_account' } });
  });

  /** Settles contacts in a run of their own, after which some of them have these users. */
  async function settle(
    contacts: readonly Contact[],
    users: Readonly<Record<string, string>> = {},
  ): Promise<Map<string, ContactSettlement | null>> {
    const runId = await stage(contacts);
    await store.contactReservations.prepare(runId, CONNECTION);
    await store.contactReservations.settlePage({ ...POLICY, runId }, 0, 100);
    const entities = [...new Set(contacts.map(({ legalEntity }) => legalEntity))];
    const settled = new Map<string, ContactSettlement | null>();
    for (const legalEntity of entities) {
      const slice = { runId, legalEntity, kind: 'contact' as const };
      const rows = await store.planning.rows(CONNECTION, slice, { after: '', limit: 100 });
      for (const row of rows) settled.set(row.record.key, row.settled);
    }
    const outcomes = contacts.flatMap((contact) => {
      const zendeskId = users[contact.key];
      const written = zendeskId === undefined ? undefined : { zendeskId, hash: 'h' };
      return [{ ...keyOf(contact), outcome: 'unchanged' as const, written }];
    });
    await store.work.record({ runId, connectionId: CONNECTION }, { outcomes });
    await end(runId);
    return settled;
  }

  async function stage(records: readonly ErpRecord[]): Promise<string> {
    runs += 1;
    const runId = `run-${runs}`;
    const scope = { full: false, acceptShrink: false, kind: 'master' as const };
    await store.runs.begin({ runId, workflowId: 'sync', connectionId: CONNECTION, ...scope });
    await store.staging.addRecords(runId, records, await store.staging.now());
    return runId;
  }

  async function end(runId: string): Promise<void> {
    await store.reports.finish(runId, { status: 'completed', waitedMs: 0, error: null });
  }
});

function keyOf({ legalEntity, kind, key }: ErpRecord) {
  return { legalEntity, kind, key };
}
