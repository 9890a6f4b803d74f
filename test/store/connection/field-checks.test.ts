import { describe, expect, it } from '@jest/globals';
import type { TargetName } from '../../../domain/entity-spec.ts';
import type { Values } from '../../../domain/sync/field-value.ts';
import type { FieldCheckToStore } from '../../../store/connection/field-checks.ts';
import { account, saveConnection, TEST_SETTINGS } from '../../fixtures/accounts.ts';
import { useConnectedStore } from '../../fixtures/connected-store.ts';
import { contactOf } from '../../fixtures/people-records.ts';
import {
  beginRun,
  CONNECTION,
  link,
  planningRow,
  recordChanges,
  recordOrganizations,
  recordUsers,
  shownOrganization,
  shownUser,
} from '../kit.ts';

const ACCOUNT = account('A1');
const CONTACT = contactOf('K1');
const TARGETS: readonly TargetName[] = ['organization', 'user'];

const at = useConnectedStore();

const get = (target: TargetName) => at.store.fieldChecks.get(CONNECTION, target);
const save = (target: TargetName, check: Partial<FieldCheckToStore> = {}) =>
  at.store.fieldChecks.save(CONNECTION, target, {
    needed: 'a:text',
    present: ['a'],
    suspended: [],
    created: null,
    ...check,
  });
/** Returns fields as created after everything that is stored now. */
const createdNow = async (keys: readonly string[]) => ({ keys, askedAt: await at.store.staging.now() });
const suspended = (...keys: string[]) =>
  keys.map((key) => ({ key, code: 'field_type_differs' as const, type: 'checkbox' }));

/** Returns what is remembered of the organization, or of the user, of the tests. */
async function seen(target: TargetName): Promise<{ values: Values; written: Values | null }> {
  const record = target === 'organization' ? ACCOUNT : CONTACT;
  const row = await planningRow<{ values: Values; written: Values | null }>(at.store, record);
  if (row.seen === null) throw new Error('Nothing is remembered.');
  return row.seen;
}
const valuesOf = async (target: TargetName): Promise<Values> => (await seen(target)).values;

/** Records that both custom fields of the organization, and of the user, were written. */
async function writeFields(): Promise<void> {
  await link(at.store, ACCOUNT, '71');
  await link(at.store, CONTACT, '81');
  const runId = await beginRun(at.store, [ACCOUNT]);
  const written = { writtenAt: '2026-11-20T10:00:00Z', isShown: false };
  const organization = { id: '71', ...written, written: { erp_city: 'Seattle', erp_country: 'USA' }, ownTags: [] };
  const fields = { erp_contact_id: 'digest of K-81', erp_job_title: 'digest of Buyer' };
  const user = { id: '81', ...written, written: fields, isStaff: false };
  await recordChanges(at.store, runId, { organizations: { written: [organization] }, users: { written: [user] } });
  await at.store.runs.abandon(runId);
}

describe('the check of the fields of a connection', () => {
  it('has no result before the first one', async () => {
    for (const target of TARGETS) expect(await get(target)).toBeUndefined();
    await at.store.fieldChecks.again(CONNECTION, 'user');
    for (const target of TARGETS) expect(await get(target)).toBeUndefined();
  });

  it('is kept for organizations and users apart, and replaced by the next one', async () => {
    const before = await at.store.staging.now();
    await save('organization', { needed: 'a:text b:text', present: ['a'], suspended: suspended('b') });
    await save('user');
    const first = await get('organization');
    expect(first).toEqual({
      needed: 'a:text b:text',
      present: ['a'],
      suspended: suspended('b'),
      checkedAt: expect.any(Date),
    });
    expect(first?.checkedAt.getTime()).toBeGreaterThanOrEqual(before.getTime());
    await save('organization', { needed: 'a:text b:text', present: ['a', 'b'] });
    expect(await get('organization')).toMatchObject({ present: ['a', 'b'], suspended: [] });
    expect(await get('user')).toMatchObject({ needed: 'a:text', present: ['a'] });
  });

  it('can be made due again, and keeps the rest of its result', async () => {
    for (const target of TARGETS) await save(target, { suspended: suspended('b') });
    await at.store.fieldChecks.again(CONNECTION, 'organization');
    expect(await get('organization')).toMatchObject({ needed: '', present: ['a'], suspended: suspended('b') });
    expect(await get('user')).toMatchObject({ needed: 'a:text' });
  });

  it('is forgotten when the connection gets another Zendesk, and kept when it is applied unchanged', async () => {
    for (const target of TARGETS) await save(target);
    await saveConnection(at.store, CONNECTION);
    for (const target of TARGETS) expect(await get(target)).toBeDefined();
    const zendesk = { ...TEST_SETTINGS.zendesk, baseUrl: 'https://fabrikam.zendesk.com' };
    const { id, name, externalIdTemplate, state } = await at.store.connections.require(CONNECTION);
    const settings = { ...TEST_SETTINGS, zendesk };
    await at.store.connections.save({ id, name, externalIdTemplate, state, settings });
    for (const target of TARGETS) expect(await get(target)).toBeUndefined();
  });
});

describe('a field that is suspended', () => {
  it('is unknown of every organization, so that the export is read from its start once it is needed again', async () => {
    await at.store.organizations.cursor(CONNECTION, ['erp_city', 'erp_country']);
    await link(at.store, ACCOUNT, '71');
    await recordOrganizations(at.store, [shownOrganization('71')], 500);
    await save('organization', { suspended: suspended('erp_city') });
    expect(await valuesOf('organization')).toEqual({ external_id: null, name: 'Name of 71', erp_country: 'USA' });
    expect(await at.store.organizations.cursor(CONNECTION, ['erp_country'])).toBe(500);
    expect(await at.store.organizations.cursor(CONNECTION, ['erp_country', 'erp_city'])).toBe(0);
  });

  it('is unknown of every user, so that those who have one are read again', async () => {
    await link(at.store, CONTACT, '81');
    await recordUsers(at.store, [shownUser('81')]);
    const unknown = () =>
      at.store.users.unknownIds(CONNECTION, ['erp_contact_id', 'erp_job_title'], { after: '', limit: 10 });
    expect(await unknown()).toEqual([]);
    await save('user', { suspended: suspended('erp_job_title') });
    expect(Object.keys(await valuesOf('user'))).not.toContain('erp_job_title');
    expect(await unknown()).toEqual(['81']);
  });

  it('is forgotten once, when it becomes suspended, and not by every later check', async () => {
    await link(at.store, ACCOUNT, '71');
    await link(at.store, CONTACT, '81');
    await save('organization', { suspended: suspended('erp_city') });
    await save('user', { suspended: suspended('erp_job_title') });
    await recordOrganizations(at.store, [shownOrganization('71')]);
    await recordUsers(at.store, [shownUser('81')]);
    await save('organization', { suspended: suspended('erp_city', 'erp_country') });
    await save('user', { suspended: suspended('erp_job_title', 'erp_contact_id') });
    expect(Object.keys(await valuesOf('organization'))).toEqual(expect.arrayContaining(['erp_city']));
    expect(Object.keys(await valuesOf('organization'))).not.toContain('erp_country');
    expect(Object.keys(await valuesOf('user'))).toEqual(expect.arrayContaining(['erp_job_title']));
    expect(Object.keys(await valuesOf('user'))).not.toContain('erp_contact_id');
  });

  it('no longer counts as written, so that it is written again once Zendesk takes it', async () => {
    await writeFields();
    await save('organization', { suspended: suspended('erp_city') });
    await save('user', { suspended: suspended('erp_job_title') });
    expect((await seen('organization')).written).toEqual({ erp_country: 'USA' });
    expect((await seen('user')).written).toEqual({ erp_contact_id: 'digest of K-81' });
  });
});

describe('a field that was created', () => {
  it('is empty in every organization, and the export need not be read again for it', async () => {
    await at.store.organizations.cursor(CONNECTION, ['erp_city', 'erp_country']);
    await link(at.store, ACCOUNT, '71');
    await recordOrganizations(at.store, [shownOrganization('71')], 500);
    await save('organization', { created: await createdNow(['erp_city', 'erp_group']) });
    expect(await valuesOf('organization')).toMatchObject({ erp_city: null, erp_country: 'USA', erp_group: null });
    expect(await at.store.organizations.cursor(CONNECTION, ['erp_city', 'erp_country', 'erp_group'])).toBe(500);
  });

  it('keeps the value of a record that was read since, in organizations and users', async () => {
    await link(at.store, ACCOUNT, '71');
    await link(at.store, CONTACT, '81');
    const organization = await createdNow(['erp_city']);
    const user = await createdNow(['erp_job_title']);
    await recordOrganizations(at.store, [shownOrganization('71')], 500);
    await recordUsers(at.store, [shownUser('81')]);
    const before = [await valuesOf('organization'), await valuesOf('user')];
    await save('organization', { created: organization });
    await save('user', { created: user });
    expect([await valuesOf('organization'), await valuesOf('user')]).toEqual(before);
  });

  it('is empty of every user', async () => {
    await link(at.store, CONTACT, '81');
    await recordUsers(at.store, [shownUser('81')]);
    const { erp_contact_id: digest } = await valuesOf('user');
    await save('user', { created: await createdNow(['erp_job_title', 'erp_birthday']) });
    expect(await valuesOf('user')).toMatchObject({ erp_contact_id: digest, erp_job_title: null, erp_birthday: null });
    expect(await at.store.users.unknownIds(CONNECTION, ['erp_birthday'], { after: '', limit: 10 })).toEqual([]);
  });

  it('no longer counts as written, so that what Zendesk has lost with the former field is written again', async () => {
    await writeFields();
    await save('organization', { created: await createdNow(['erp_city']) });
    await save('user', { created: await createdNow(['erp_job_title']) });
    expect((await seen('organization')).written).toEqual({ erp_country: 'USA' });
    expect((await seen('user')).written).toEqual({ erp_contact_id: 'digest of K-81' });
  });
});
