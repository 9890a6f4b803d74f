import { describe, expect, it } from '@jest/globals';
import { openSlice, openTarget } from '../../../activities/sync/open-slice.ts';
import { useStepTests } from '../../fixtures/step-context.ts';
import type { ChangeSettings, TestRun } from '../../fixtures/test-run.ts';

const at = useStepTests({ hasFields: false });

const withSync =
  (sync: { customers?: boolean; vendors?: boolean; contacts?: boolean }): ChangeSettings =>
  (settings) => ({ ...settings, sync: { ...settings.sync, ...sync } });

/** Suspends a custom field of organizations. */
async function suspend({ connectionId }: TestRun, key: string): Promise<void> {
  const suspended = [{ key, code: 'field_inactive' as const, type: null }];
  await at.store.fieldChecks.save(connectionId, 'organization', { needed: 'x', present: [], suspended, created: null });
}

describe('opening a slice', () => {
  it('returns the entity for reading, and the entity without suspended fields for writing', async () => {
    const run = await at.begin();
    await suspend(run, 'erp_city');
    const { entity, spec, mapped, target } = await openSlice(at.store, run.slice());
    const keys = ({ mapping }: typeof entity) => mapping.fields.map(({ key }) => key);
    expect(target).toBe('organization');
    expect(keys(entity)).toContain('erp_city');
    expect(keys(spec)).toEqual(keys(entity).filter((key) => key !== 'erp_city'));
    expect(mapped).toEqual({ fields: keys(spec), tags: ['erp_customer'] });
  });

  it('returns the entity of a kind that was disabled in the meantime', async () => {
    const run = await at.begin(withSync({ customers: false, vendors: true }));
    await suspend(run, 'erp_city');
    const { spec, entity, mapped } = await openSlice(at.store, run.slice());
    expect(spec).toEqual(entity);
    expect(mapped.tags).toEqual(['erp_vendor']);
  });

  it('fails for an unknown kind', async () => {
    const run = await at.begin();
    await expect(openSlice(at.store, run.slice('lead'))).rejects.toThrow('"lead"');
  });

  it('returns the mapped parts of all entities of organizations', async () => {
    const run = await at.begin(withSync({ vendors: true }));
    const { entities, mapped } = await openTarget(at.store, run, 'organization');
    expect(entities.map(({ kind }) => kind)).toEqual(['customer', 'vendor']);
    expect(mapped.tags).toEqual(['erp_customer', 'erp_vendor']);
  });
});
