import { describe, expect, it } from '@jest/globals';
import { useConnectedStore } from '../../fixtures/connected-store.ts';

const RUN = { runId: 'run-1', connectionId: 'contoso', workflowId: 'master-sync/contoso' };

describe('a run that the API has started', () => {
  const at = useConnectedStore();

  it('is known from then on, with the time of its start', async () => {
    const before = await at.store.staging.now();
    await at.store.startedRuns.add(RUN);
    const started = await at.store.startedRuns.get('run-1');
    expect(started).toEqual({ ...RUN, startedAt: expect.any(Date) });
    expect(started?.startedAt.getTime()).toBeGreaterThanOrEqual(before.getTime());
    expect(await at.store.startedRuns.get('run-2')).toBeUndefined();
  });

  it('stays as it is when somebody joins it', async () => {
    await at.store.startedRuns.add(RUN);
    const started = await at.store.startedRuns.get('run-1');
    await at.store.startedRuns.add({ ...RUN, workflowId: 'master-sync/contoso/another' });
    expect(await at.store.startedRuns.get('run-1')).toEqual(started);
  });

  it('is forgotten when its workflow could not be started, and others are not', async () => {
    await at.store.startedRuns.add(RUN);
    await at.store.startedRuns.add({ ...RUN, runId: 'run-2' });
    await at.store.startedRuns.remove('run-1');
    expect(await at.store.startedRuns.get('run-1')).toBeUndefined();
    expect(await at.store.startedRuns.get('run-2')).toMatchObject({ runId: 'run-2' });
  });

  it('is forgotten with its connection', async () => {
    await at.store.startedRuns.add(RUN);
    await at.store.connections.remove('contoso');
    expect(await at.store.startedRuns.get('run-1')).toBeUndefined();
  });
});
