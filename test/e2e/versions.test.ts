import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApiProcess, type ApiProcess } from '../fixtures/api-process.ts';
import { bundleChanged, type ChangedBundle } from '../fixtures/changed-bundle.ts';
import { createErpIngress, type ErpIngress } from '../fixtures/erp-ingress.ts';
import { readPageCommands, type PageCommands } from '../fixtures/page-commands.ts';
import { until } from '../fixtures/stops.ts';
import { createUpgrades, LAST_STEP, twoExtraSteps, type Upgrades } from '../fixtures/upgrades.ts';
import type { TestWorker } from '../fixtures/world.ts';

/** As docs/upgrading.md has it; its commands are run as they stand there. */
describe('two versions of the workers side by side', () => {
  let upgrades: Upgrades;
  let api: ApiProcess;
  let page: PageCommands;
  let next: ChangedBundle;
  let ingress: ErpIngress;
  let old: TestWorker;
  const variables = { OLD_VERSION: '2026.11.1', VERSION: '2026.11.2' };

  beforeAll(async () => {
    upgrades = await createUpgrades();
    page = await readPageCommands('upgrading.md', upgrades.world);
    next = await bundleChanged(
      twoExtraSteps((id) => `if (patched('${id}'))`),
      { versioned: true },
    );
    api = await startApiProcess(upgrades.world);
  });
  afterAll(async () => {
    await api.kill();
    await next.remove();
    await upgrades.world.close();
  });

  const readiness = async () => (await fetch(`${api.url}/readyz`)).status;
  const resultOf = (workflowId: string) => upgrades.world.client.workflow.getHandle(workflowId).result();
  const versionsOf = async (workflowId: string) => (await upgrades.history(workflowId)).versions;

  /** Sends an event about an account; answers its workflow. */
  async function sendEvent(): Promise<string> {
    const event = ingress.event('sb', 'A1');
    expect(await ingress.post(event)).toMatchObject({ status: 202 });
    return `erp-event/sb/${String(event['ControlNumber'])}`;
  }

  it('get no work, and the api is not ready, until a version is current', async () => {
    const { world, edits, start } = upgrades;
    old = await start({ LEDGERDESK_WORKER_VERSION: variables.OLD_VERSION });
    await edits.connect('sb', { sb: { A1: 'Beside One' } });
    const runId = await world.start({ connectionId: 'sb' });
    expect(await readiness()).toBe(503);
    expect(await world.store.reports.get(runId)).toBeUndefined();
    await page.run('Make it current', { variables: { VERSION: variables.OLD_VERSION } });
    await until('the api is ready', async () => (await readiness()) === 200);
    expect(await world.ended(runId)).toMatchObject({ status: 'completed', totals: { created: 1 } });
    expect(await versionsOf('master-sync/sb')).toEqual([variables.OLD_VERSION]);
  });

  it('share the work: the new one takes over syncs and what is new, and the old one ends the events that it has', async () => {
    const { world, startWaiting, limit, untilWaiting, wake, history, start, end } = upgrades;
    const { OLD_VERSION, VERSION } = variables;
    ingress = await createErpIngress({ world, api, edits: upgrades.edits }, 'sb');
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
