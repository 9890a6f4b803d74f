import { beforeEach, describe, expect, it } from '@jest/globals';
import { checkFieldsAgain } from '../../../../activities/sync/schema/check-fields.ts';
import { readZendeskChanges } from '../../../../activities/sync/prepare-target.ts';
import { useStepTests } from '../../../fixtures/step-context.ts';
import type { TestRun } from '../../../fixtures/test-run.ts';
import { changeField, clearFields, noteCodes, storedCheck } from './fields.ts';

const LIST = 'organization_fields.list';
const CREATE = 'organization_fields.create';
const EXPORT = 'incremental.organizations';

const at = useStepTests();

const check = (run: TestRun, hasRefusals = false) =>
  checkFieldsAgain(run.context, { run, target: 'organization', hasRefusals });
const due = (run: TestRun) => at.store.fieldChecks.again(run.connectionId, 'organization');
const read = (run: TestRun, after = '', full = false) =>
  readZendeskChanges(run.context, { ...run.ref, target: 'organization', after, full });

beforeEach(async () => {
  await clearFields(at);
  const run = await at.begin();
  await read(run, '', true);
});

describe('the check of the custom fields during a run', () => {
  it('sends no request without a reason', async () => {
    const run = await at.begin();
    const { result, operations } = await at.observe(() => check(run));
    expect([result, operations]).toEqual([false, []]);
  });

  it('runs if records were refused, and returns whether fields have changed', async () => {
    const run = await at.begin();
    const { result, operations } = await at.observe(() => check(run, true));
    expect([result, operations]).toEqual([false, [LIST]]);
  });

  it('runs if a response of Zendesk indicates a change of its fields', async () => {
    const run = await at.begin();
    await due(run);
    expect((await at.observe(() => check(run))).operations).toEqual([LIST]);
    expect((await storedCheck(at, run))?.needed).not.toBe('');
  });

  it('runs if there was no check before', async () => {
    const run = await at.begin();
    await at.query('delete from field_checks where connection_id = $1', run.connectionId);
    expect((await at.observe(() => check(run))).operations).toEqual([LIST]);
  });

  it('runs at most once per run', async () => {
    const run = await at.begin();
    await check(run, true);
    await due(run);
    await changeField(at, { method: 'DELETE', path: '/erp_city' });
    const { result, operations } = await at.observe(() => check(run, true));
    expect([result, operations]).toEqual([false, []]);
    const next = await at.next(run);
    expect((await at.observe(() => check(next))).operations).toEqual([LIST, CREATE]);
  });

  it('returns a change if a field was created', async () => {
    const run = await at.begin();
    await changeField(at, { method: 'DELETE', path: '/erp_city' });
    expect(await check(run, true)).toBe(true);
    expect(await noteCodes(at, run)).toEqual(['field_recreated']);
  });

  it('returns a change if a field is suspended, and if it is active again', async () => {
    const run = await at.begin();
    await changeField(at, { method: 'PUT', path: '/erp_city', field: { active: false } });
    expect(await check(run, true)).toBe(true);
    const second = await at.next(run);
    expect(await check(second, true)).toBe(false);
    await changeField(at, { method: 'PUT', path: '/erp_city', field: { active: true } });
    const third = await at.next(second);
    expect(await check(third, true)).toBe(true);
    expect((await storedCheck(at, third))?.suspended).toEqual([]);
  });
});

describe('reading the changes in Zendesk', () => {
  it('checks the custom fields only before the first page', async () => {
    const run = await at.begin();
    const first = await at.observe(() => read(run, '', true));
    expect(first.operations).toEqual([LIST, EXPORT]);
    expect(first.result.next).toBeNull();
    expect((await at.observe(() => read(run, '0', true))).operations).toEqual([EXPORT]);
  });

  it('begins again if the custom fields have changed after the last page', async () => {
    const run = await at.begin();
    await due(run);
    await changeField(at, { method: 'DELETE', path: '/erp_city' });
    await at.store.fieldChecks.save(run.connectionId, 'organization', {
      ...{ needed: '', present: ['erp_city'], suspended: [], created: null },
    });
    await at.query(
      `update field_checks set checked_at = now() - interval '1 hour' where connection_id = $1`,
      run.connectionId,
    );
    const { result, operations } = await at.observe(() => read(run, '0'));
    expect(result.next).toBe('0');
    expect(operations).toEqual([EXPORT, LIST, CREATE]);
    expect((await at.observe(() => read(run, '0'))).result.next).toBeNull();
  });

  it('does not check the custom fields between two pages', async () => {
    const run = await at.begin();
    await due(run);
    const page = { organizations: [], count: 0, end_time: 5, end_of_stream: false };
    await at.addFault({ path: 'incremental/organizations' }, { kind: 'status', status: 200, body: page });
    const { result, operations } = await at.observe(() => read(run, '0'));
    expect([result.next, operations]).toEqual(['cursor', [EXPORT]]);
  });
});
