import { Client, Connection, type WorkflowExecutionInfo } from '@temporalio/client';
import type { Environment } from './environment.ts';

/** Returns the number of events in the histories of the included workflows. */
export function countHistory(
  environment: Environment,
  isIncluded: (workflow: WorkflowExecutionInfo) => boolean,
): Promise<number> {
  return withClient(environment, async (client) => {
    let events = 0;
    for await (const workflow of client.workflow.list()) if (isIncluded(workflow)) events += workflow.historyLength;
    return events;
  });
}

/** Returns the number of running workflows. Temporal's visibility lags slightly behind. */
export function countRunning(environment: Environment): Promise<number> {
  return withClient(environment, async (client) => (await client.workflow.count(`ExecutionStatus = 'Running'`)).count);
}

async function withClient<Result>(
  environment: Environment,
  query: (client: Client) => Promise<Result>,
): Promise<Result> {
  const connection = await Connection.connect({ address: environment.temporalAddress });
  try {
    return await query(new Client({ connection }));
  } finally {
    await connection.close();
  }
}
