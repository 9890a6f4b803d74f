import { describe, expect, it } from '@jest/globals';
import type { KnownOrganization, SeenOrganization } from '../../../domain/accounts/organization.ts';
import type { Values } from '../../../domain/sync/field-value.ts';
import type { WrittenOrganization } from '../../../store/accounts/organizations.ts';
import { account, saveConnection } from '../../fixtures/accounts.ts';
import { useConnectedStore } from '../../fixtures/connected-store.ts';
import {
  beginRun,
  CONNECTION,
  MAPPED,
  link,
  planningRow,
  recordChanges,
  recordOrganizations,
  shownOrganization,
} from '../kit.ts';

const ACCOUNT = account('A1');
const EARLY = '2026-11-20T10:00:00Z';
const LATE = '2026-11-20T10:05:00Z';
const VALUES = { external_id: 'A1', name: 'Name of 71', erp_city: 'Seattle', erp_country: 'USA' };

const at = useConnectedStore();

const show = (members: Partial<SeenOrganization> = {}) =>
  recordOrganizations(at.store, [shownOrganization('71', { externalId: 'A1', updatedAt: EARLY, ...members })]);

async function seen(): Promise<KnownOrganization | null> {
  return (await planningRow<KnownOrganization>(at.store, ACCOUNT)).seen;
}

/** Records in a run of its own that values were written to the organization. */
async function write(written: Values, more: Partial<WrittenOrganization> = {}): Promise<void> {
  const runId = await beginRun(at.store, [ACCOUNT]);
  const organization = { id: '71', written, writtenAt: EARLY, ownTags: [], isShown: false, ...more };
  await recordChanges(at.store, runId, { organizations: { written: [organization] } });
  await at.store.runs.abandon(runId);
}

describe('the cursor of the export of organizations', () => {
  const cursor = (...fields: string[]) => at.store.organizations.cursor(CONNECTION, fields);
  const record = (time: number) => recordOrganizations(at.store, [], time);

  it('begins at 0 and stays where the last page ended', async () => {
    expect(await cursor('erp_city')).toBe(0);
    await record(500);
    expect(await cursor('erp_city')).toBe(500);
    await record(700);
    expect(await cursor('erp_city')).toBe(700);
  });

  it('restarts at 0 for a field that has not been read of every organization, and then goes on with it', async () => {
    await cursor('erp_city');
    await record(500);
    expect(await cursor('erp_city', 'erp_country')).toBe(0);
    await record(300);
    expect(await cursor('erp_country', 'erp_city')).toBe(300);
  });

  it('goes on without a field that is no longer needed, and restarts when it is needed again', async () => {
    await cursor('erp_city', 'erp_country');
    await record(500);
    expect(await cursor('erp_city')).toBe(500);
    expect(await cursor('erp_city', 'erp_country')).toBe(0);
  });

  it('is one for each connection', async () => {
    await cursor('erp_city');
    await record(500);
    await saveConnection(at.store, 'fabrikam');
    expect(await at.store.organizations.cursor('fabrikam', ['erp_city'])).toBe(0);
    expect(await cursor('erp_city')).toBe(500);
    await at.store.connections.remove('fabrikam');
  });
});

describe('the organization of an account, as planning sees it', () => {
  it('is unknown until Zendesk has shown it', async () => {
    expect(await seen()).toBeNull();
    await link(at.store, ACCOUNT, '71');
    expect(await seen()).toBeNull();
  });

  it('has the mapped values that Zendesk shows, and those of our tags that it carries', async () => {
    await link(at.store, ACCOUNT, '71');
    const fields = { erp_city: 'Seattle', erp_country: 'USA', of_somebody_else: 'x' };
    await show({ fields, tags: ['vip', 'erp_customer'] });
    expect(await seen()).toEqual({
      id: '71',
      defect: null,
      values: VALUES,
      kept: {},
      ownTags: ['erp_customer'],
      written: null,
      isLatest: false,
    });
  });

  it('is that of its external id while the account is not linked, and only that of its link afterwards', async () => {
    const policy = { templates: { customer: '{accountNumber}' }, adopt: 'by-name', incompleteEntities: [] } as const;
    const runId = await beginRun(at.store, [ACCOUNT]);
    await at.store.reservations.reservePage({ ...policy, runId, connectionId: CONNECTION, kinds: ['customer'] }, 0, 10);
    await at.store.runs.abandon(runId);
    await show({ externalId: 'a1' });
    expect(await seen()).toMatchObject({ id: '71' });
    await link(at.store, ACCOUNT, '72');
    expect(await seen()).toBeNull();
  });

  it('has a value of null where Zendesk shows an empty mapped field, or does not show it at all', async () => {
    await link(at.store, ACCOUNT, '71');
    await show({ fields: { erp_city: null } });
    expect(await seen()).toMatchObject({ values: { erp_city: null, erp_country: null } });
  });

  it('has what was written to it, and all that was written since the first time', async () => {
    await link(at.store, ACCOUNT, '71');
    await show();
    await write({ name: 'Renamed', erp_city: 'Tacoma' }, { ownTags: ['erp_customer'] });
    await write({ erp_country: 'CAN' });
    expect(await seen()).toMatchObject({
      values: { ...VALUES, name: 'Renamed', erp_city: 'Tacoma', erp_country: 'CAN' },
      written: { name: 'Renamed', erp_city: 'Tacoma', erp_country: 'CAN' },
    });
  });

  it('keeps what Zendesk has shown after a write, where that is another value', async () => {
    await link(at.store, ACCOUNT, '71');
    await show();
    await write({ erp_city: 'Tacoma' }, { isShown: true });
    expect(await seen()).toMatchObject({ values: { erp_city: 'Seattle' }, written: { erp_city: 'Tacoma' } });
  });

  it('is known by a write alone when it was created, without the fields that were not sent', async () => {
    await link(at.store, ACCOUNT, '71');
    await write({ external_id: 'A1', name: 'Name of 71', erp_city: 'Seattle' });
    expect(await seen()).toMatchObject({
      values: { external_id: 'A1', name: 'Name of 71', erp_city: 'Seattle' },
      isLatest: false,
    });
    expect((await seen())?.values).not.toHaveProperty('erp_country');
  });

  it.each([
    { when: 'at the moment of our last write', updatedAt: EARLY, writtenAt: EARLY, isLatest: true },
    { when: 'before our last write', updatedAt: EARLY, writtenAt: LATE, isLatest: true },
    { when: 'after our last write', updatedAt: LATE, writtenAt: EARLY, isLatest: false },
  ])(
    'says whether our write is its latest change, when it changed $when',
    async ({ updatedAt, writtenAt, isLatest }) => {
      await link(at.store, ACCOUNT, '71');
      await write({ erp_city: 'Seattle' }, { writtenAt });
      await show({ updatedAt });
      expect(await seen()).toMatchObject({ isLatest });
    },
  );

  it('keeps the time of a write when Zendesk does not say that of the next one', async () => {
    await link(at.store, ACCOUNT, '71');
    await write({ erp_city: 'Seattle' }, { writtenAt: LATE });
    await write({ erp_city: 'Tacoma' }, { writtenAt: null });
    await show({ updatedAt: LATE });
    expect(await seen()).toMatchObject({ isLatest: true });
  });

  it('is not changed by an answer to a request that was made earlier', async () => {
    await link(at.store, ACCOUNT, '71');
    await show();
    const askedAt = new Date((await at.store.staging.now()).getTime() - 60_000);
    const items = [shownOrganization('71', { name: 'Former name' })];
    await at.store.organizations.record(CONNECTION, { items, askedAt, mapped: MAPPED.organization }, 0);
    expect(await seen()).toMatchObject({ values: { name: 'Name of 71' } });
  });

  it('is forgotten when it was deleted, and the account is no longer linked', async () => {
    await link(at.store, ACCOUNT, '71');
    await show();
    await show({ deleted: true });
    expect(await planningRow(at.store, ACCOUNT)).toMatchObject({ linkedId: null, seen: null });
  });
});

describe('the check of the organization fields', () => {
  const CHECK = { needed: 'erp_city:text', present: ['erp_city'], suspended: [], created: null };
  const isDue = async () => (await at.store.fieldChecks.get(CONNECTION, 'organization'))?.needed === '';
  const check = () => at.store.fieldChecks.save(CONNECTION, 'organization', CHECK);

  /** Records an organization, a write to it, and a check of the fields. */
  async function begin(): Promise<void> {
    await link(at.store, ACCOUNT, '71');
    await show();
    await write({ erp_city: 'Tacoma' }, { writtenAt: LATE });
    await check();
  }

  it('becomes due when Zendesk shows another value than we wrote, although nobody has changed it', async () => {
    await begin();
    await show({ fields: { erp_city: null, erp_country: 'USA' }, updatedAt: LATE });
    expect(await isDue()).toBe(true);
  });

  it('becomes due only once, however often the same value is shown', async () => {
    await begin();
    const ignored = { fields: { erp_city: null, erp_country: 'USA' }, updatedAt: LATE };
    await show(ignored);
    await check();
    await show(ignored);
    expect(await isDue()).toBe(false);
  });

  it('becomes due when a field that had a value is shown no more', async () => {
    await begin();
    await show({ fields: { erp_city: 'Tacoma' }, updatedAt: LATE });
    expect(await isDue()).toBe(true);
  });

  it('is not due when somebody has changed the organization since, nor when it shows what we wrote', async () => {
    await begin();
    await show({ fields: { erp_city: 'Tacoma', erp_country: 'USA' }, updatedAt: LATE });
    expect(await isDue()).toBe(false);
    await show({ fields: { erp_city: 'Olympia', erp_country: 'USA' }, updatedAt: '2026-11-20T10:05:01Z' });
    expect(await isDue()).toBe(false);
  });

  it('is not due when a field that was empty is not shown', async () => {
    await begin();
    await show({ fields: { erp_city: 'Tacoma', erp_country: null }, updatedAt: LATE });
    await show({ fields: { erp_city: 'Tacoma' }, updatedAt: LATE });
    expect(await isDue()).toBe(false);
  });
});
