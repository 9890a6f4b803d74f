import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { bundleChanged, type ChangedBundle } from '../fixtures/changed-bundle.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';
import { until } from '../fixtures/stops.ts';
import { createUpgrades, FIRST_STEP, LAST_STEP, twoExtraSteps } from '../fixtures/upgrades.ts';

describe('a new version of the workers, after the old one has ended', () => {
  const world = setUpWorld({ worker: false });
  const { start, end, endAll, startWaiting, wake, history } = createUpgrades(world);
  let guarded: ChangedBundle;
  let unguarded: ChangedBundle;

  beforeAll(async () => {
    guarded = await bundleChanged(twoExtraSteps((id) => `if (patched('${id}'))`));
    unguarded = await bundleChanged(twoExtraSteps((id) => `void [patched, '${id}'];`));
  });
  afterEach(async () => {
    await wake();
    await endAll();
  });
  afterAll(() => Promise.all([guarded.remove(), unguarded.remove()]));

  it('continues a waiting sync with the new code, without a failed workflow task', async () => {
    const old = await start();
    const { runId, waiting } = await startWaiting('up');
    await end(old);
    await start({ TEST_BUNDLE_FILE: guarded.file });
    await wake(waiting);
    expect(await world.ended(runId)).toMatchObject({ runId, status: 'completed', totals: { read: 2, created: 2 } });
    const [master, entity] = [await history('master-sync/up'), await history(waiting)];
    expect([master.failedTasks, entity.failedTasks]).toEqual([[], []]);
    expect(entity.steps).not.toContain(FIRST_STEP);
    expect(master.steps).toContain(LAST_STEP);
    const again = await world.sync('up');
    expect(again).toMatchObject({ status: 'completed', totals: { unchanged: 2 } });
    expect((await history(waiting.replace(runId, again.runId))).steps).toContain(FIRST_STEP);
  });

  it('fails visibly when its change is not guarded, and the old version can still end the sync', async () => {
    const old = await start();
    const { runId, waiting } = await startWaiting('ng');
    await end(old);
    const changed = await start({ TEST_BUNDLE_FILE: unguarded.file });
    await wake(waiting);
    await until('a workflow task fails', async () => (await history(waiting)).failedTasks.length > 0);
    expect((await history(waiting)).failedTasks.join()).toContain('TMPRL1100');
    await end(changed);
    await start();
    expect(await world.ended(runId)).toMatchObject({ status: 'completed', totals: { read: 2, created: 2 } });
  });
});
