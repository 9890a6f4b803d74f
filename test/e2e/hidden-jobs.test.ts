import { describe, expect, it } from '@jest/globals';
import type { RunReport } from '../../store/sync/run-reports.ts';
import { createEdits } from '../fixtures/edits.ts';
import { printMeasurement } from '../fixtures/print-measurement.ts';
import { setUpWorld } from '../fixtures/set-up-world.ts';

const ACCOUNTS = 219;

/**
 * Sixty seconds of the product: workers of tests wait for hidden jobs a tenth of the time. The jobs run after half of it.
 */
const HIDDEN = { jobsHiddenSeconds: 6, jobQueueSeconds: 3 };

describe('bulk jobs whose status Zendesk hides for a minute', () => {
  const world = setUpWorld();
  const edits = createEdits(world);

  it('cost at most 1.2 times the requests of a clean run, and no record is sent twice', async () => {
    await firstSync('h00');
    const clean = await firstSync('h01');
    await world.sandbox.control('PATCH', '/settings/zendesk', HIDDEN);
    const hidden = await firstSync('h02');
    await world.sandbox.control('PATCH', '/settings/zendesk', { jobsHiddenSeconds: 0, jobQueueSeconds: 0 });
    printMeasurement(
      `requests to Zendesk: ${clean.requests.zendesk} clean, ${hidden.requests.zendesk} with hidden jobs`,
    );
    expect(hidden.requests.zendesk).toBeLessThanOrEqual(clean.requests.zendesk * 1.2);
    const next = await world.sync('h02');
    expect(next).toMatchObject({ status: 'completed', totals: { unchanged: ACCOUNTS } });
  });

  /** Connects a new legal entity, and runs its first sync. */
  async function firstSync(id: string): Promise<RunReport> {
    const numbers = Array.from({ length: ACCOUNTS }, (_, n) => `N${n + 100}`);
    const names = Object.fromEntries(numbers.map((number) => [number, `${id} Company ${number}`]));
    await edits.connect(id, { [id]: names });
    await world.sandbox.control('DELETE', '/journal');
    const run = await world.sync(id);
    expect(run).toMatchObject({ status: 'completed', totals: { read: ACCOUNTS, created: ACCOUNTS } });
    const creates = (await edits.journal('zendesk')).filter(({ path }) => path.endsWith('organizations/create_many'));
    expect(creates).toHaveLength(3);
    return run;
  }
});
