import { describe, expect, it } from '@jest/globals';
import type { AnnotationTarget } from '../../../../domain/support/annotation-target.ts';
import { annotatingCustomers } from '../../../fixtures/accounts.ts';
import { useStepTests } from '../../../fixtures/step-context.ts';
import type { ChangeSettings } from '../../../fixtures/test-run.ts';
import { checkOf, ping } from './pings.ts';

const at = useStepTests({ hasFields: false });

const naming =
  (legalEntities: readonly string[]): ChangeSettings =>
  (settings) => ({ ...settings, dynamics: { ...settings.dynamics, legalEntities } });
const annotating =
  (customers: Partial<AnnotationTarget>): ChangeSettings =>
  (settings) =>
    annotatingCustomers(settings, customers);
const enter = (legalEntity: string) => at.sandbox.control('PUT', `/state/dynamics/customers/${legalEntity}/A1`, {});

describe('the check of the legal entities', () => {
  it('names those that F&O does not show', async () => {
    await enter('here');
    const run = await at.begin(naming(['here', 'gone1', 'gone2']));
    const check = await checkOf(at, run, 'dynamics.legalEntities');
    expect(check).toMatchObject({ status: 'fail', detail: expect.stringMatching(/gone1, gone2/) });
    expect(check?.detail).not.toContain('here');
  });

  it('finds nothing to fix when the connection names none, and reads all companies at once then', async () => {
    const run = await at.begin(naming([]));
    const { result, entries } = await at.observe(() => ping(at, run, 'dynamics'));
    const found = (name: string) => result.checks.find((check) => check.name === name);
    expect(found('dynamics.legalEntities')).toMatchObject({ status: 'ok' });
    expect(found('dynamics.customers')).toMatchObject({ status: 'ok', detail: 'The customers can be read.' });
    expect(entries.filter(({ path }) => path.startsWith('/data/CustomersV3'))).toHaveLength(1);
  });
});

describe('the check of what the F&O user may read', () => {
  it('is made for every kind of record of the connection', async () => {
    const run = await at.begin((settings) => ({ ...settings, sync: { ...settings.sync, vendors: true } }));
    const names = (await ping(at, run, 'dynamics')).checks.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['dynamics.customers', 'dynamics.vendors', 'dynamics.contacts']));
  });

  it('fails for the kind whose privilege is missing, and for no other', async () => {
    const run = await at.begin();
    await enter(run.legalEntity);
    await at.sandbox.control('PATCH', '/settings/dynamics', { deniedEntitySets: ['ContactPersons'] });
    const { checks } = await ping(at, run, 'dynamics');
    const failed = checks.filter(({ status }) => status === 'fail');
    expect(failed.map(({ name }) => name)).toEqual(['dynamics.contacts']);
    expect(failed[0]?.fix).toContain('contacts');
  });

  it('fails with the answer when it is another one', async () => {
    const run = await at.begin();
    const fault = { system: 'dynamics', match: { path: 'CustomersV3' }, action: { kind: 'status', status: 500 } };
    await at.sandbox.control('POST', '/faults', fault);
    expect(await checkOf(at, run, 'dynamics.customers')).toMatchObject({
      ...{ status: 'fail', detail: expect.stringContaining('500') },
    });
  });
});

describe('the check of where the annotation is written', () => {
  it('finds a field that can be written according to the metadata, and does not promise more', async () => {
    const run = await at.begin();
    expect(await checkOf(at, run, 'dynamics.annotation.customers')).toMatchObject({
      status: 'ok',
      detail: expect.stringMatching(
        /^CustomersV3.SalesMemo exists .*according to the metadata.* role .* first annotation/,
      ),
    });
  });

  it.each([
    ['field', { field: 'NoSuchField' }, 'CustomersV3.NoSuchField'],
    ['entity set', { entitySet: 'NoSuchSet' }, 'NoSuchSet.SalesMemo'],
  ])('warns when there is no such %s', async (_, target, place) => {
    const run = await at.begin(annotating(target));
    expect(await checkOf(at, run, 'dynamics.annotation.customers')).toMatchObject({
      ...{
        status: 'warn',
        detail: expect.stringContaining(place),
        fix: expect.stringContaining('annotation.customers'),
      },
    });
  });

  it('warns when the field cannot be written, which is another problem', async () => {
    const missing = await at.begin(annotating({ field: 'NoSuchField' }));
    const readOnly = await at.begin();
    await at.sandbox.control('PATCH', '/settings/dynamics', { notEditable: ['CustomerV3.SalesMemo'] });
    const [one, other] = [
      await checkOf(at, missing, 'dynamics.annotation.customers'),
      await checkOf(at, readOnly, 'dynamics.annotation.customers'),
    ];
    expect(other).toMatchObject({ status: 'warn', detail: expect.stringContaining('CustomersV3.SalesMemo') });
    expect(other?.detail.replace('SalesMemo', '')).not.toBe(one?.detail.replace('NoSuchField', ''));
  });

  it('is made for every typed field, and for the text no more', async () => {
    const fields = { openTickets: 'SalesMemo', status: 'NoSuchField' };
    const run = await at.begin(annotating({ fields, field: 'Other' }));
    const { checks } = await ping(at, run, 'dynamics');
    const found = checks.filter(({ name }) => name === 'dynamics.annotation.customers');
    const places = found.map(({ status, detail }) => `${status} ${/CustomersV3\.\w+/.exec(detail)?.[0] ?? ''}`);
    expect(places.sort()).toEqual(['ok CustomersV3.SalesMemo', 'warn CustomersV3.NoSuchField']);
  });
});
