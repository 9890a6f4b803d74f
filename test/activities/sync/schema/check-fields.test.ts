import { beforeEach, describe, expect, it } from '@jest/globals';
import { checkFieldsAtStart } from '../../../../activities/sync/schema/check-fields.ts';
import type { StoredFieldCheck } from '../../../../store/connection/field-checks.ts';
import { useStepTests } from '../../../fixtures/step-context.ts';
import type { TestRun } from '../../../fixtures/test-run.ts';
import { changeField, clearFields, noteCodes, storedCheck } from './fields.ts';

const KEYS = [
  ...['erp_account_number', 'erp_account_type', 'erp_legal_entity', 'erp_account_group'],
  ...['erp_on_hold', 'erp_currency', 'erp_city', 'erp_country'],
];
const LIST = 'organization_fields.list';
const CREATE = 'organization_fields.create';
const CREATING = { method: 'POST', path: 'organization_fields' };

const at = useStepTests({ hasFields: false });

beforeEach(() => clearFields(at));

const check = (run: TestRun, full = false) => checkFieldsAtStart(run.context, { run, target: 'organization', full });
const stored = (run: TestRun): Promise<StoredFieldCheck | undefined> => storedCheck(at, run);

/** Begins the first run of a connection. */
async function firstRun(): Promise<TestRun> {
  const run = await at.begin();
  await at.query('delete from field_checks where connection_id = $1', run.connectionId);
  return run;
}

/** Begins a run of a connection with all custom fields. */
async function laterRun(): Promise<TestRun> {
  const run = await firstRun();
  await check(run);
  return at.next(run);
}

describe('the check of the custom fields at the start of a run', () => {
  it('creates all fields the first time', async () => {
    const run = await firstRun();
    const { operations } = await at.observe(() => check(run));
    expect(operations).toEqual([LIST, ...KEYS.map(() => CREATE)]);
    expect(await stored(run)).toMatchObject({ present: KEYS, suspended: [] });
    expect(await noteCodes(at, run)).toEqual([]);
  });

  it('does not change existing fields', async () => {
    const run = await firstRun();
    await changeField(at, {
      method: 'POST',
      path: '',
      field: { key: 'erp_city', title: 'Our own title', type: 'text' },
    });
    const { operations } = await at.observe(() => check(run));
    expect(operations.filter((operation) => operation === CREATE)).toHaveLength(KEYS.length - 1);
    expect((await stored(run))?.present).toEqual(KEYS);
  });

  it('sends no request if nothing has changed', async () => {
    const run = await laterRun();
    expect((await at.observe(() => check(run))).operations).toEqual([]);
  });

  it('runs for a full sync', async () => {
    const run = await laterRun();
    expect((await at.observe(() => check(run, true))).operations).toEqual([LIST]);
  });

  it('runs if other fields are required than the last time', async () => {
    const run = await laterRun();
    await at.query(`update field_checks set needed = 'erp_city:text' where connection_id = $1`, run.connectionId);
    expect((await at.observe(() => check(run))).operations).toEqual([LIST]);
  });

  it('runs while a field is suspended', async () => {
    const before = await laterRun();
    await changeField(at, { method: 'PUT', path: '/erp_city', field: { active: false } });
    await check(before, true);
    const run = await at.next(before);
    expect((await at.observe(() => check(run))).operations).toEqual([LIST]);
  });
});

describe('a custom field with other properties in Zendesk', () => {
  it('is suspended with a note if its type differs', async () => {
    const run = await firstRun();
    await changeField(at, { method: 'POST', path: '', field: { key: 'erp_city', title: 'City', type: 'integer' } });
    await check(run);
    expect(await stored(run)).toMatchObject({
      present: KEYS,
      suspended: [{ key: 'erp_city', code: 'field_type_differs', type: 'integer' }],
    });
    expect(await noteCodes(at, run)).toEqual(['field_type_differs']);
  });

  it('is suspended with a note while it is inactive, and written again when it is active', async () => {
    const run = await laterRun();
    await changeField(at, { method: 'PUT', path: '/erp_city', field: { active: false } });
    await check(run, true);
    expect((await stored(run))?.suspended).toEqual([{ key: 'erp_city', code: 'field_inactive', type: null }]);
    expect(await noteCodes(at, run)).toEqual(['field_inactive']);
    await changeField(at, { method: 'PUT', path: '/erp_city', field: { active: true } });
    const next = await at.next(run);
    await check(next);
    expect((await stored(next))?.suspended).toEqual([]);
    expect(await noteCodes(at, next)).toEqual([]);
  });
});

describe('a custom field that Zendesk no longer has', () => {
  it('is created again, with a note', async () => {
    const run = await laterRun();
    await changeField(at, { method: 'DELETE', path: '/erp_city' });
    const { operations } = await at.observe(() => check(run, true));
    expect(operations).toEqual([LIST, CREATE]);
    expect(await noteCodes(at, run)).toEqual(['field_recreated']);
  });

  it('is suspended with a note if Zendesk refuses its creation, and the others are created', async () => {
    const run = await firstRun();
    await at.addFault(CREATING, { kind: 'status', status: 422 });
    const { operations } = await at.observe(() => check(run));
    expect(operations).toEqual([LIST, ...KEYS.map(() => CREATE), LIST]);
    expect(await stored(run)).toMatchObject({
      present: KEYS.slice(1),
      suspended: [{ key: 'erp_account_number', code: 'field_missing', type: null }],
    });
    expect(await noteCodes(at, run)).toEqual(['field_missing']);
  });

  it('is not sent to Zendesk again by a later run after a refusal', async () => {
    const before = await firstRun();
    await at.addFault(CREATING, { kind: 'status', status: 422 });
    await check(before);
    const run = await at.next(before);
    const { operations } = await at.observe(() => check(run));
    expect(operations).toEqual([LIST, LIST]);
    expect(await stored(run)).toMatchObject({ suspended: [{ key: 'erp_account_number', code: 'field_missing' }] });
    expect(await noteCodes(at, run)).toEqual(['field_missing']);
  });

  it('is created by a later full run without a note about a deletion', async () => {
    const before = await firstRun();
    await at.addFault(CREATING, { kind: 'status', status: 422 });
    await check(before);
    const run = await at.next(before);
    const { operations } = await at.observe(() => check(run, true));
    expect(operations).toEqual([LIST, CREATE]);
    expect(await stored(run)).toMatchObject({ present: KEYS, suspended: [] });
    expect(await noteCodes(at, run)).toEqual([]);
  });

  it('is written if another app has created it at the same time', async () => {
    const run = await firstRun();
    await at.addFault(CREATING, { kind: 'status', status: 422, when: 'after' });
    await check(run);
    expect((await stored(run))?.suspended).toEqual([]);
    expect(await noteCodes(at, run)).toEqual([]);
  });

  it('remains suspended if another app has created it at the same time with another type', async () => {
    const run = await firstRun();
    await changeField(at, { method: 'POST', path: '', field: { key: 'erp_city', title: 'City', type: 'integer' } });
    const nothing = { organization_fields: [], meta: { has_more: false } };
    await at.addFault({ method: 'GET', path: 'organization_fields' }, { kind: 'status', status: 200, body: nothing });
    await check(run);
    expect((await stored(run))?.suspended).toEqual([{ key: 'erp_city', code: 'field_type_differs', type: 'integer' }]);
  });

  it.each([403, 429, 500])(
    'fails the check without a result if Zendesk responds to its creation with %i',
    async (status) => {
      const run = await firstRun();
      await at.addFault(CREATING, { kind: 'status', status });
      await expect(check(run)).rejects.toMatchObject({ name: 'RemoteError', status });
      expect(await stored(run)).toBeUndefined();
    },
  );
});
