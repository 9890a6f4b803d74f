import { beforeAll, describe, expect, it } from '@jest/globals';
import { isAccountedFor } from '../../domain/sync/outcome.ts';
import type { RecordReport } from '../../store/sync/records.ts';
import type { RunReport } from '../../store/sync/run-reports.ts';
import { createPeople, type SandboxUser } from '../fixtures/people.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

interface ErpRow {
  readonly legalEntity: string;
  readonly key: string;
  readonly values: Readonly<Record<string, string>>;
}

describe('the contacts of a distributor with two companies', () => {
  const world = setUpWorld({ seed: 'distributor', limits: 'sandbox' });
  const people = createPeople(world);
  let first: RunReport;
  let contacts: readonly ErpRow[];
  let records: ReadonlyMap<string, RecordReport>;
  let users: ReadonlyMap<string, SandboxUser>;

  beforeAll(async () => {
    await world.connect('contoso', (settings) => ({ ...settings, sync: { ...settings.sync, contacts: true } }));
    first = await world.sync('contoso');
    contacts = await erp('contacts');
    const { items } = await world.store.records.list('contoso', {});
    records = new Map(items.map((record) => [`${record.legalEntity}/${record.kind}/${record.key}`, record]));
    users = new Map((await people.users()).map((user) => [user.external_id ?? `#${user.id}`, user]));
  });

  it('are all accounted for, in both companies, and no user gets an email', async () => {
    expect(first).toMatchObject({ status: 'completed', error: null });
    expect(first.phases.map(({ legalEntity, kind }) => `${legalEntity} ${kind}`)).toEqual(
      ['frrt', 'usmf'].flatMap((entity) => ['contact', 'customer', 'vendor'].map((kind) => `${entity} ${kind}`)),
    );
    expect(first.phases.filter((phase) => !isAccountedFor(phase))).toEqual([]);
    for (const entity of ['usmf', 'frrt']) {
      const read = contacts.filter(({ legalEntity }) => legalEntity === entity).length;
      expect(first.phases.find((phase) => phase.legalEntity === entity && phase.kind === 'contact')?.read).toBe(read);
    }
    expect(await people.mails()).toBe(0);
  });

  it('become one user each if they are active and have an organization, a member of it', async () => {
    const organizations = await organizationsByParty();
    let made = 0;
    for (const contact of contacts.filter(isActive)) {
      const wanted = organizations.get(placeOf(contact, 'AssociatedPartyNumber')) ?? [];
      const record = recordOf(contact);
      if (wanted.length === 0 || record?.code === 'same_person') continue;
      const user = users.get(`${contact.legalEntity}:${contact.key}`);
      expect([contact.key, record?.state, record?.zendeskId]).toEqual([contact.key, 'created', String(user?.id)]);
      expect(await people.organizationsOf(user?.id ?? 0)).toEqual(expect.arrayContaining([...wanted]));
      made += 1;
    }
    expect(made).toBeGreaterThan(70);
    expect(contactTotals(first, 'created')).toBe(made);
    expect([...users.keys()].filter((key) => !key.startsWith('#'))).toHaveLength(made);
  });

  it('have the name, phone, title and origin', () => {
    for (const contact of contacts) {
      const user = users.get(`${contact.legalEntity}:${contact.key}`);
      if (user === undefined) continue;
      expect(user).toMatchObject({
        name: contact.values['ContactPersonName']?.trim(),
        phone: textOrNull(contact, 'PrimaryPhoneNumber'),
        role: 'end-user',
        user_fields: {
          erp_contact_id: contact.key,
          erp_contact_legal_entity: contact.legalEntity,
          erp_job_title: textOrNull(contact, 'EmploymentJobTitle'),
        },
      });
    }
  });

  it('have their email as the primary address, and a remark where they have none of their own', () => {
    for (const contact of contacts) {
      const user = users.get(`${contact.legalEntity}:${contact.key}`);
      if (user === undefined) continue;
      const email = (contact.values['PrimaryEmailAddress'] ?? '').trim();
      const { code } = recordOf(contact) ?? {};
      if (code === 'email_missing') expect([email, user.email]).toEqual(['', null]);
      else if (code === 'email_malformed') expect([email, user.email]).toEqual(['none at present', null]);
      else if (code === 'email_shared') expect([email, user.email]).toEqual(['orders@contosoretail.example', null]);
      else expect(user.email).toBe(email);
    }
    const codes = [...records.values()].filter(({ kind }) => kind === 'contact').map(({ code }) => code);
    expect(codes).toContain('email_missing');
    expect(codes.filter((code) => code === 'email_malformed')).toHaveLength(1);
    expect(recordOf(at('usmf', '000901'))).toMatchObject({ state: 'created', code: null });
    expect(recordOf(at('usmf', '000902'))).toMatchObject({ state: 'created', code: 'email_shared' });
  });

  it('are skipped when they are inactive or belong to no account', () => {
    for (const contact of contacts.filter((each) => !isActive(each)))
      expect(recordOf(contact)).toMatchObject({ state: 'skipped', code: 'contact_inactive', zendeskId: null });
    expect(recordOf(at('usmf', '000906'))).toMatchObject({ state: 'skipped', code: 'no_account', zendeskId: null });
  });

  it('are rejected when their account was', async () => {
    const rejected = [...records.values()].filter(({ kind, zendeskId }) => kind !== 'contact' && zendeskId === null);
    expect(rejected.length).toBeGreaterThan(0);
    const organizations = await organizationsByParty();
    const parties = new Set((await accounts()).map(({ place }) => place));
    const orphans = contacts.filter((contact) => {
      const place = placeOf(contact, 'AssociatedPartyNumber');
      return isActive(contact) && parties.has(place) && (organizations.get(place) ?? []).length === 0;
    });
    expect(orphans.length).toBeGreaterThan(0);
    for (const contact of orphans)
      expect(recordOf(contact)).toMatchObject({ state: 'rejected', code: 'account_not_synced', zendeskId: null });
    expect(contactTotals(first, 'rejected')).toBe(orphans.length);
  });

  it('are one user, a member of both organizations, when they are one person in two companies', async () => {
    const [lead, other] = [recordOf(at('frrt', '000903')), recordOf(at('usmf', '000903'))];
    expect(lead).toMatchObject({ state: 'created', code: null, externalId: 'frrt:000903' });
    expect(other).toMatchObject({ state: 'unchanged', code: 'same_person', zendeskId: lead?.zendeskId });
    const user = users.get('frrt:000903');
    expect(user).toMatchObject({ name: 'Maya Laurent', email: 'Maya.Laurent@LamnaHealthcare.example' });
    const organizations = await people.organizationsOf(user?.id ?? 0);
    expect(organizations.map((externalId) => externalId.split(':')[0])).toEqual(['frrt', 'usmf']);
  });

  it('cause no writes when nothing has changed', async () => {
    const { run, writes, requests } = await people.observe('contoso');
    const { read, skipped, rejected } = first.totals;
    expect(run).toMatchObject({ status: 'completed', totals: { read, skipped, rejected, created: 0, updated: 0 } });
    expect(run.totals.unchanged).toBe(read - skipped - rejected);
    expect([writes, requests.length <= 2, await people.mails()]).toEqual([[], true, 0]);
  });

  async function erp(kind: 'contacts' | 'customers' | 'vendors'): Promise<readonly ErpRow[]> {
    return (await world.sandbox.control<{ items: ErpRow[] }>('GET', `/state/dynamics/${kind}`)).items;
  }

  /** Returns the accounts of both companies, by company and party. */
  async function accounts(): Promise<readonly { place: string; key: string }[]> {
    const customers = (await erp('customers')).map((row) => ({ row, kind: 'customer', party: 'PartyNumber' }));
    const vendors = (await erp('vendors')).map((row) => ({ row, kind: 'vendor', party: 'VendorPartyNumber' }));
    return [...customers, ...vendors].map(({ row, kind, party }) => ({
      place: placeOf(row, party),
      key: `${row.legalEntity}/${kind}/${row.key}`,
    }));
  }

  /** Returns the external ids of the organizations of a party's accounts. */
  async function organizationsByParty(): Promise<ReadonlyMap<string, readonly string[]>> {
    const found = new Map<string, string[]>();
    for (const { place, key } of await accounts()) {
      const { externalId, zendeskId } = records.get(key) ?? {};
      if (typeof externalId === 'string' && typeof zendeskId === 'string')
        found.set(place, [...(found.get(place) ?? []), externalId]);
    }
    return found;
  }

  function at(legalEntity: string, key: string): ErpRow {
    const found = contacts.find((contact) => contact.legalEntity === legalEntity && contact.key === key);
    if (found === undefined) throw new Error(`There is no contact ${key} in ${legalEntity}.`);
    return found;
  }

  function recordOf({ legalEntity, key }: ErpRow): RecordReport | undefined {
    return records.get(`${legalEntity}/contact/${key}`);
  }
});

function isActive({ values }: ErpRow): boolean {
  return values['IsInactive'] !== 'Yes';
}

function textOrNull({ values }: ErpRow, property: string): string | null {
  const text = values[property] ?? '';
  return text === '' ? null : text;
}

function placeOf({ legalEntity, values }: ErpRow, property: string): string {
  return `${legalEntity}/${values[property] ?? ''}`;
}

function contactTotals({ phases }: RunReport, outcome: 'created' | 'rejected'): number {
  return phases.filter(({ kind }) => kind === 'contact').reduce((sum, phase) => sum + phase[outcome], 0);
}
