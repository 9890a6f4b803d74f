import { Client, Connection, type WorkflowExecutionInfo } from '@temporalio/client';
import type { Stage } from './stage.ts';

/** Adds up the events in the histories of the workflows that are meant. */
export function countHistory(stage: Stage, isMeant: (workflow: WorkflowExecutionInfo) => boolean): Promise<number> {
  return withClient(stage, async (client) => {
    let events = 0;
    for await (const workflow of client.workflow.list()) if (isMeant(workflow)) events += workflow.historyLength;
    return events;
  });
}

/** How many workflows run now; visibility follows what happens by a moment. */
export function countRunning(stage: Stage): Promise<number> {
  return withClient(stage, async (client) => (await client.workflow.count(`ExecutionStatus = 'Running'`)).count);
}

async function withClient<Result>(stage: Stage, ask: (client: Client) => Promise<Result>): Promise<Result> {
  const connection = await Connection.connect({ address: stage.temporalAddress });
  try {
    return await ask(new Client({ connection }));
  } finally {
    await connection.close();
  }
}
