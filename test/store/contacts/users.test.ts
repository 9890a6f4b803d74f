import { describe, expect, it } from '@jest/globals';
import type { KnownUser } from '../../../domain/contacts/plan-user.ts';
import type { SeenUser } from '../../../domain/contacts/user.ts';
import type { Values } from '../../../domain/sync/field-value.ts';
import type { WrittenUser } from '../../../store/contacts/users.ts';
import { contentDigest, valueDigests } from '../../../store/digests.ts';
import { useConnectedStore } from '../../fixtures/connected-store.ts';
import { contactOf } from '../../fixtures/people-records.ts';
import { dumpDatabase } from '../../fixtures/raw-database.ts';
import {
  askedNow,
  beginRun,
  CONNECTION,
  link,
  planningRow,
  recordChanges,
  recordUsers,
  shownUser,
  sliceOf,
} from '../kit.ts';

const CONTACT = contactOf('K1');
const EARLY = '2026-11-20T10:00:00Z';
const LATE = '2026-11-20T10:05:00Z';

const at = useConnectedStore();

const show = (members: Partial<SeenUser> = {}) =>
  recordUsers(at.store, [shownUser('81', { externalId: 'usmf:K1', updatedAt: EARLY, ...members })]);

async function seen(): Promise<KnownUser | null> {
  return (await planningRow<KnownUser>(at.store, CONTACT)).seen;
}

/** Records in a run of its own that values were written to the user. */
async function write(values: Values, more: Partial<WrittenUser> = {}): Promise<void> {
  const runId = await beginRun(at.store, [CONTACT]);
  const user = { id: '81', isStaff: false, written: valueDigests(values), writtenAt: EARLY, ...more };
  await recordChanges(at.store, runId, { users: { written: [user] } });
  await at.store.runs.abandon(runId);
}

describe('the user of a contact, as planning sees it', () => {
  it('has digests of the values that Zendesk shows, and null where there is none', async () => {
    await link(at.store, CONTACT, '81');
    expect(await seen()).toBeNull();
    await show({ attributes: { phone: '+1 425 555 0100' }, fields: { erp_contact_id: 'K1', erp_job_title: '' } });
    expect(await seen()).toMatchObject({
      id: '81',
      values: {
        external_id: contentDigest('"usmf:K1"'),
        name: contentDigest('"Person 81"'),
        phone: contentDigest('"+1 425 555 0100"'),
        erp_contact_id: contentDigest('"K1"'),
        erp_job_title: null,
      },
      written: null,
      isLatest: false,
    });
  });

  it('leaves nothing readable of a person in the table of users', async () => {
    await link(at.store, CONTACT, '81');
    await show({ attributes: { phone: '+1 425 555 0100' }, email: 'kim@contoso.example' });
    await write({ name: 'Kim Abercrombie', erp_job_title: 'Purchasing Manager' });
    const lines = (await dumpDatabase(at.url)).toString().split('\n');
    const users = lines.filter((line) => line.startsWith('public.users ')).join('\n');
    expect(users).toContain('81');
    for (const text of ['+1 425', '555 0100', 'kim', 'Person', 'Abercrombie', 'Purchasing', 'Buyer'])
      expect(users).not.toContain(text);
  });

  it('has what was written to it, and all that was written since the first time', async () => {
    await link(at.store, CONTACT, '81');
    await show();
    await write({ name: 'Kim' });
    await write({ erp_job_title: 'Buyer' }, { writtenAt: LATE });
    const written = { name: contentDigest('"Kim"'), erp_job_title: contentDigest('"Buyer"') };
    expect(await seen()).toMatchObject({ values: written, written, isLatest: true });
    await show({ updatedAt: '2026-11-20T10:05:01Z' });
    expect(await seen()).toMatchObject({ values: { name: contentDigest('"Person 81"') }, written, isLatest: false });
  });

  it('keeps what Zendesk has shown after a write, where that is another value', async () => {
    await link(at.store, CONTACT, '81');
    await show();
    await write({ erp_job_title: 'Manager' }, { isShown: true });
    expect(await seen()).toMatchObject({
      values: { erp_job_title: contentDigest('"Buyer"') },
      written: { erp_job_title: contentDigest('"Manager"') },
    });
  });
});

describe('the check of the user fields', () => {
  const CHECK = { needed: 'erp_job_title:text', present: ['erp_job_title'], suspended: [], created: null };
  const isDue = async () => (await at.store.fieldChecks.get(CONNECTION, 'user'))?.needed === '';
  const check = () => at.store.fieldChecks.save(CONNECTION, 'user', CHECK);
  const fields = (title: string | null) => ({ erp_contact_id: 'K1', erp_job_title: title });

  /** Records a user, a write to it, and a check of the fields. */
  async function begin(): Promise<void> {
    await link(at.store, CONTACT, '81');
    await show({ fields: fields('Buyer') });
    await write({ erp_job_title: 'Manager' }, { writtenAt: LATE });
    await check();
  }

  it('becomes due when Zendesk shows another value than we wrote, although nobody has changed it, and only once', async () => {
    await begin();
    await show({ fields: fields(null), updatedAt: LATE });
    expect(await isDue()).toBe(true);
    await check();
    await show({ fields: fields(null), updatedAt: LATE });
    expect(await isDue()).toBe(false);
  });

  it('becomes due when a field that had a value is shown no more', async () => {
    await begin();
    await show({ fields: { erp_contact_id: 'K1' }, updatedAt: '2026-11-20T10:05:01Z' });
    expect(await isDue()).toBe(true);
  });

  it('is not due when somebody has changed the user since, nor when it shows what we wrote', async () => {
    await begin();
    await show({ fields: fields('Manager'), updatedAt: LATE });
    expect(await isDue()).toBe(false);
    await show({ fields: fields('Director'), updatedAt: '2026-11-20T10:05:01Z' });
    expect(await isDue()).toBe(false);
  });
});

describe('the users of which a field is unknown', () => {
  const FIELDS = ['erp_contact_id', 'erp_job_title'];
  const unknown = (after = '', limit = 10) => at.store.users.unknownIds(CONNECTION, FIELDS, { after, limit });
  const forgetTitles = () =>
    at.store.fieldChecks.save(CONNECTION, 'user', {
      ...{ needed: '', present: [], created: null },
      suspended: [{ key: 'erp_job_title', code: 'field_inactive', type: null }],
    });

  it('are those that contacts are linked to, page by page', async () => {
    for (const id of ['81', '82', '83']) await link(at.store, contactOf(`K${id}`), id);
    await recordUsers(
      at.store,
      ['81', '82', '83', '84'].map((id) => shownUser(id)),
    );
    expect(await unknown()).toEqual([]);
    await forgetTitles();
    expect(await unknown('', 2)).toEqual(['81', '82']);
    expect(await unknown('82', 2)).toEqual(['83']);
    await recordUsers(at.store, [shownUser('82')]);
    expect(await unknown()).toEqual(['81', '83']);
  });

  it('are neither deleted users nor those of contacts that the ERP no longer has', async () => {
    for (const id of ['81', '82', '83']) await link(at.store, contactOf(`K${id}`), id);
    await recordUsers(
      at.store,
      ['81', '82', '83'].map((id) => shownUser(id)),
    );
    await forgetTitles();
    await at.store.users.record(CONNECTION, { gone: { ids: ['81'], askedAt: await askedNow(at.store) } });
    const left = [contactOf('K81'), contactOf('K83')] as const;
    const runId = await beginRun(at.store, left);
    await at.store.staging.accept(CONNECTION, sliceOf(runId, left[0]));
    await at.store.runs.abandon(runId);
    expect(await unknown()).toEqual(['83']);
  });

  it('are none where no field is needed', async () => {
    await link(at.store, CONTACT, '81');
    await recordUsers(at.store, [shownUser('81')]);
    expect(await at.store.users.unknownIds(CONNECTION, [], { after: '', limit: 10 })).toEqual([]);
  });
});
