import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bundleChanged, type ChangedBundle } from '../fixtures/changed-bundle.ts';
import { createErpIngress, type ErpIngress } from '../fixtures/erp-ingress.ts';
import { readPageCommands, type PageCommands } from '../fixtures/page-commands.ts';
import { createEdits } from '../fixtures/edits.ts';
import { setUpWorldWithApi } from '../fixtures/set-up-world.ts';
import { until } from '../fixtures/stops.ts';
import { createUpgrades, LAST_STEP, twoExtraSteps } from '../fixtures/upgrades.ts';
import type { TestWorker } from '../fixtures/world.ts';

/** Follows docs/upgrading.md and runs its commands unchanged. */
describe('two versions of the workers side by side', () => {
  const { world, api } = setUpWorldWithApi({ worker: false });
  const edits = createEdits(world);
  const upgrades = createUpgrades(world);
  let page: PageCommands;
  let next: ChangedBundle;
  let ingress: ErpIngress;
  let old: TestWorker;
  const variables = { OLD_VERSION: '2026.11.1', VERSION: '2026.11.2' };

  beforeAll(async () => {
    page = await readPageCommands('upgrading.md', world);
    next = await bundleChanged(
      twoExtraSteps((id) => `if (patched('${id}'))`),
      { versioned: true },
    );
  });
  afterAll(() => next.remove());

  const readiness = async () => (await fetch(`${api.url}/readyz`)).status;
  const resultOf = (workflowId: string) => world.client.workflow.getHandle(workflowId).result();
  const versionsOf = async (workflowId: string) => (await upgrades.history(workflowId)).versions;

  /** Sends an event about an account. Returns the id of its workflow. */
  async function sendEvent(): Promise<string> {
    const event = ingress.event('sb', 'A1');
    expect(await ingress.post(event)).toMatchObject({ status: 202 });
    return `erp-event/sb/${String(event['ControlNumber'])}`;
  }

  it('get no work, and the api is not ready, until a version is current', async () => {
    old = await upgrades.start({ LEDGERDESK_WORKER_VERSION: variables.OLD_VERSION });
    await edits.connect('sb', { sb: { A1: 'Beside One' } });
    const runId = await world.start({ connectionId: 'sb' });
    expect(await readiness()).toBe(503);
    expect(await world.store.reports.get(runId)).toBeUndefined();
    await page.run('Make it current', { variables: { VERSION: variables.OLD_VERSION } });
    await until('the api is ready', async () => (await readiness()) === 200);
    expect(await world.ended(runId)).toMatchObject({ status: 'completed', totals: { created: 1 } });
    expect(await versionsOf('master-sync/sb')).toEqual([variables.OLD_VERSION]);
  });

  it('share the work: the new one takes over syncs and new work, and the old one finishes the events that it has', async () => {
    const { startWaiting, limit, untilWaiting, wake, history, start, end } = upgrades;
    const { OLD_VERSION, VERSION } = variables;
    ingress = await createErpIngress({ world, api, edits }, 'sb');
    const { runId, waiting } = await startWaiting('au');
    await limit('dynamics', 'CustomersV3');
    const pinned = await sendEvent();
    await untilWaiting(pinned);
    const moved = await sendEvent();
    await untilWaiting(moved);

    await start({ LEDGERDESK_WORKER_VERSION: VERSION, TEST_BUNDLE_FILE: next.file });
    await until('the new version is known', async () =>
      page.run('Give it a share', { variables }).then(
        () => true,
        () => false,
      ),
    );
    await page.run('Make it current', { variables });
    expect(await page.run('Look at all versions', { variables })).toMatch(/CurrentVersionBuildID +2026\.11\.2/);
    await wake(waiting, pinned);
    expect(await world.ended(runId)).toMatchObject({ status: 'completed', totals: { read: 2, created: 2 } });
    await resultOf(pinned);
    const late = await sendEvent();
    await resultOf(late);
    expect(await Promise.all(['master-sync/au', waiting].map(versionsOf))).toEqual([
      [OLD_VERSION, VERSION],
      [OLD_VERSION, VERSION],
    ]);
    expect(await Promise.all([pinned, late].map(versionsOf))).toEqual([[OLD_VERSION], [VERSION]]);
    expect((await history('master-sync/au')).steps).toContain(LAST_STEP);
    expect((await history(waiting)).failedTasks).toEqual([]);

    const described = await page.run('See whether the old one is still needed', { variables });
    expect(described).toMatch(/draining/i);
    await end(old);
    await page.run('Take the rest away from it', { variables });
    await wake(moved);
    await resultOf(moved);
    expect(await versionsOf(moved)).toEqual([OLD_VERSION, VERSION]);
  });

  it('are upgraded by the commands of the page, all of which were run', () => {
    expect(page.untried()).toEqual([]);
  });
});
