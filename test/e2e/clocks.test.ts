import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { TASK_QUEUE, WORKFLOW_TYPES } from '../../workflows/contract.ts';
import { supportReconcileId } from '../../workflows/ids.ts';
import { createEdits } from '../fixtures/edits.ts';
import { createSupport } from '../fixtures/support.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

describe('the reconcile', () => {
  const world = setUpWorld();
  const edits = createEdits(world);
  const support = createSupport(world);
  beforeAll(() => world.sandbox.control('PATCH', '/settings/zendesk', { exportExcludesNewestSeconds: 60 }));
  afterEach(async () => {
    await world.sandbox.control('PATCH', '/clock', { skewMs: 0 });
    await world.sandbox.control('DELETE', '/faults');
  });

  /** Connects an account with tickets that are older than the newest minute. */
  const connect = async (id: string): Promise<void> => {
    await edits.connect(id, { [id]: { A1: `${id} One` } });
    expect(await world.sync(id)).toMatchObject({ status: 'completed', totals: { created: 1 } });
    const { id: organizationId } = await edits.organization(`${id}:A1`);
    const tickets = { count: 2, organizationIds: [organizationId], daysAgo: 2 };
    await world.sandbox.control('POST', '/state/zendesk/tickets/generate', tickets);
  };
  const reconcile = (id: string) =>
    world.client.workflow.execute(WORKFLOW_TYPES.reconcileSupport, {
      taskQueue: TASK_QUEUE,
      workflowId: supportReconcileId(id),
      args: [{ connectionId: id }],
    });

  it.each([
    ['ahead', -300_000],
    ['behind', 300_000],
  ])('works with our clock five minutes %s, the first time and later', async (id, skewMs) => {
    await world.sandbox.control('PATCH', '/clock', { skewMs });
    await connect(id);
    expect(await reconcile(id)).toMatchObject({ written: 1 });
    expect(await support.memo(id, 'A1')).toContain('Open: 2 ');
    expect(await reconcile(id)).toMatchObject({ tickets: 0, users: 0, written: 0 });
    expect(await world.sync(id)).toMatchObject({ status: 'completed', totals: { unchanged: 1 } });
  });

  it('annotates although the users cannot be read, and says that it failed', async () => {
    await connect('users');
    const action = { kind: 'status', status: 422, body: { error: 'InvalidValue', description: 'No.' } };
    const fault = { system: 'zendesk', match: { path: 'incremental/users' }, times: null, action };
    await world.sandbox.control('POST', '/faults', fault);
    await expect(reconcile('users')).rejects.toMatchObject({ cause: { cause: { type: 'unexpected_answer' } } });
    expect(await support.memo('users', 'A1')).toContain('Open: 2 ');
    await world.sandbox.control('DELETE', '/faults');
    await reconcile('users');
  });
});
