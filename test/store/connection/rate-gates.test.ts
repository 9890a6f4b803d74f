import { describe, expect, it } from '@jest/globals';
import { GateClosedError, type GateRequest } from '../../../store/connection/rate-gates.ts';
import { useConnectedStore } from '../../fixtures/connected-store.ts';

const REQUEST: GateRequest = { connectionId: 'contoso', system: 'zendesk', buckets: ['account', 'jobs'] };
const OF_DYNAMICS: GateRequest = { ...REQUEST, system: 'dynamics', buckets: ['account'] };

describe('a rate gate', () => {
  const at = useConnectedStore();

  const closedFor = async (request: GateRequest): Promise<GateClosedError | undefined> => {
    try {
      await at.store.gates.enter(request);
      return undefined;
    } catch (error) {
      if (error instanceof GateClosedError) return error;
      throw error;
    }
  };
  const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  it('lets everybody pass while nobody was limited', async () => {
    expect(await closedFor(REQUEST)).toBeUndefined();
  });

  it('closes only the bucket of the system that was limited', async () => {
    const ticket = await at.store.gates.enter(REQUEST);
    await at.store.gates.close(ticket, 'jobs', 5_000);
    const closed = await closedFor(REQUEST);
    expect(closed?.bucket).toBe('jobs');
    expect(closed?.waitMs).toBeGreaterThan(4_000);
    expect(await closedFor({ ...REQUEST, buckets: ['account'] })).toBeUndefined();
    expect(await closedFor(OF_DYNAMICS)).toBeUndefined();
  });

  it('counts calls that were under way as one: a later answer does not lengthen the wait', async () => {
    const [first, second] = [await at.store.gates.enter(OF_DYNAMICS), await at.store.gates.enter(OF_DYNAMICS)];
    await at.store.gates.close(first, 'account', 2_000);
    expect(await at.store.gates.close(second, 'account', 60_000)).toBeLessThanOrEqual(2_000);
  });

  it('lets exactly one of forty probe when the time is over, and the others pass once it has succeeded', async () => {
    await at.store.gates.close(await at.store.gates.enter(OF_DYNAMICS), 'account', 50);
    await sleep(80);
    const entered = await Promise.allSettled(Array.from({ length: 40 }, () => at.store.gates.enter(OF_DYNAMICS)));
    const [probe, ...more] = entered.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []));
    expect(more).toHaveLength(0);
    if (!probe) throw new Error('nobody probed');
    await at.store.gates.succeed(probe);
    expect(await closedFor(OF_DYNAMICS)).toBeUndefined();
  });

  it('closes again when the probe is limited too', async () => {
    await at.store.gates.close(await at.store.gates.enter(OF_DYNAMICS), 'account', 50);
    await sleep(80);
    const probe = await at.store.gates.enter(OF_DYNAMICS);
    expect(await at.store.gates.close(probe, 'account', 7_000)).toBeGreaterThan(6_000);
    expect((await closedFor(OF_DYNAMICS))?.waitMs).toBeGreaterThan(6_000);
  });

  it('gives the probe to somebody else when it failed for another reason', async () => {
    await at.store.gates.close(await at.store.gates.enter(OF_DYNAMICS), 'account', 50);
    await sleep(80);
    await at.store.gates.release(await at.store.gates.enter(OF_DYNAMICS));
    expect((await at.store.gates.enter(OF_DYNAMICS)).probe).not.toBeNull();
  });

  it('lets one probe before the time is over when a person ended the wait, in that bucket only', async () => {
    const ticket = await at.store.gates.enter(REQUEST);
    await at.store.gates.close(ticket, 'account', 60_000);
    await at.store.gates.close(ticket, 'jobs', 60_000);
    await at.store.gates.endWait({ ...REQUEST, buckets: ['jobs'] });
    expect((await closedFor(REQUEST))?.bucket).toBe('account');
    await at.store.gates.endWait({ ...REQUEST, buckets: ['account'] });
    const probe = await at.store.gates.enter(REQUEST);
    expect(probe.probe).not.toBeNull();
    expect(await closedFor(REQUEST)).toBeDefined();
    await at.store.gates.succeed(probe);
    expect(await closedFor(REQUEST)).toBeUndefined();
  });

  it('opens by itself, without a probe, when it was closed to leave others their share', async () => {
    await at.store.gates.yieldToOthers(OF_DYNAMICS, 60);
    expect((await closedFor(OF_DYNAMICS))?.waitMs).toBeGreaterThan(0);
    await sleep(90);
    await Promise.all([at.store.gates.enter(OF_DYNAMICS), at.store.gates.enter(OF_DYNAMICS)]);
  });
});
