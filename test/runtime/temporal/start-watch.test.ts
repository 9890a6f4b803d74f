import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { connectTemporal, type TemporalConnection } from '../../../runtime/temporal/temporal-connection.ts';
import { proveStart } from '../../../runtime/temporal/prove-start.ts';
import { startStartRefusingProxy, type StartRefusingProxy } from '../../fixtures/start-refusing-proxy.ts';
import { until } from '../../fixtures/stops.ts';

describe('a connection to a Temporal that answers but starts nothing', () => {
  let proxy: StartRefusingProxy;
  let temporal: TemporalConnection;

  beforeAll(async () => {
    proxy = await startStartRefusingProxy(process.env['TEST_TEMPORAL_ADDRESS'] ?? '');
    temporal = connectTemporal({ env: { TEMPORAL_ADDRESS: proxy.address, TEMPORAL_NAMESPACE: 'default' } });
  });
  afterEach(() => proxy.refuse('none'));
  afterAll(async () => {
    await temporal.close();
    await proxy.close();
  });

  const start = (workflowId: string = randomUUID(), limitMs = 10_000) =>
    temporal.withDeadline(limitMs, () =>
      temporal.client.workflow.start('nothing', {
        taskQueue: 'nobody',
        workflowId,
        workflowExecutionTimeout: '20 seconds',
      }),
    );
  const fail = () => expect(start(randomUUID(), 700)).rejects.toThrow();

  it('shows the problem until a start succeeds, also when the workflow is already there', async () => {
    const id = randomUUID();
    await start(id);
    expect(temporal.startProblem()).toBeUndefined();
    proxy.refuse('all');
    await fail();
    expect(temporal.startProblem()).toMatchObject({
      failures: 1,
      status: expect.stringMatching(/UNAVAILABLE|DEADLINE/),
    });
    await temporal.connection.workflowService.describeNamespace({ namespace: 'default' });
    proxy.refuse('none');
    await expect(start(id)).rejects.toThrow(/already started/i);
    expect(temporal.startProblem()).toBeUndefined();
  });

  it('does not call a mistake in the request a problem', async () => {
    await expect(start('x'.repeat(2_000))).rejects.toThrow();
    expect(temporal.startProblem()).toBeUndefined();
  });

  it('is replaced if only new connections can start workflows', async () => {
    await start();
    const before = temporal.connection;
    proxy.refuse('open');
    await until('a start succeeds', () =>
      start(randomUUID(), 700).then(
        () => true,
        () => false,
      ),
    );
    expect(temporal.connection).not.toBe(before);
    expect(temporal.startProblem()).toBeUndefined();
    await proveStart(temporal);
  });
});
