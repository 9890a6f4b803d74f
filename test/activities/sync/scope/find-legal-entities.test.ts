import { describe, expect, it } from '@jest/globals';
import { findLegalEntities } from '../../../../activities/sync/scope/find-legal-entities.ts';
import { useStepTests } from '../../../fixtures/step-context.ts';
import type { TestRun } from '../../../fixtures/test-run.ts';

const at = useStepTests({ hasFields: false });

describe('finding the legal entities', () => {
  const find = (run: TestRun) => at.observe(() => findLegalEntities(run.context, run.ref));

  it('returns the configured legal entities, without a request', async () => {
    const run = await at.begin();
    const { result, operations } = await find(run);
    expect(result).toEqual({
      ...{ entities: [run.legalEntity], neverRead: [run.legalEntity] },
      levels: [
        { target: 'organization', kinds: ['customer'] },
        { target: 'user', kinds: ['contact'] },
      ],
    });
    expect(operations).toEqual([]);
  });

  it('reads all legal entities of F&O if none are configured', async () => {
    await at.sandbox.control('PUT', '/state/dynamics/customers/zz01/A1', { OrganizationName: 'One' });
    const run = await at.begin((settings) => ({ ...settings, dynamics: { ...settings.dynamics, legalEntities: [] } }));
    const { result, operations } = await find(run);
    expect(result.entities).toContain('zz01');
    expect(operations).toHaveLength(1);
  });

  it('counts a legal entity as read when all kinds of organizations were accepted', async () => {
    const run = await at.begin((settings) => ({ ...settings, sync: { ...settings.sync, vendors: true } }));
    await at.store.staging.accept(run.connectionId, run.slice('customer'));
    expect((await find(run)).result.neverRead).toEqual([run.legalEntity]);
    await at.store.staging.accept(run.connectionId, run.slice('vendor'));
    const { result } = await find(run);
    expect(result.neverRead).toEqual([]);
    expect(result.levels[0]).toEqual({ target: 'organization', kinds: ['customer', 'vendor'] });
  });
});
