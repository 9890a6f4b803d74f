import { createWorld, type World } from '../fixtures/world.ts';
import { startRecordingServers } from './recording-servers.ts';
import { IMPATIENT_SCENARIOS, SCENARIOS, type Scenario } from './scenarios.ts';
import { removeStoredHistories, toStored, writeStoredHistories, type StoredHistory } from './stored-histories.ts';

/**
 * Records the histories that `replay.test.ts` replays. Run it after an intended change of the workflows, when no run that
 * started before the change can still be running. With names of scenarios as arguments, it records only their histories
 * and keeps the others.
 */
const only = process.argv.slice(2);
const servers = await startRecordingServers();
process.env['TEST_DATABASE_URL'] = servers.databaseUrl;
process.env['TEST_SHARED_DIR'] = servers.sharedDir;
try {
  const recorded = [
    ...(await record(servers.temporal, SCENARIOS)),
    ...(await record(servers.impatientTemporal, IMPATIENT_SCENARIOS)),
  ];
  if (only.length === 0) await removeStoredHistories();
  await writeStoredHistories(recorded);
  const bytes = JSON.stringify(recorded).length;
  process.stdout.write(`${recorded.length} histories recorded, ${Math.round(bytes / 1_024)} KiB.\n`);
} finally {
  await servers.stop();
}

async function record(temporal: string, scenarios: Readonly<Record<string, Scenario>>): Promise<StoredHistory[]> {
  const wanted = Object.entries(scenarios).filter(([name]) => only.length === 0 || only.includes(name));
  if (wanted.length === 0) return [];
  process.env['TEST_TEMPORAL_ADDRESS'] = temporal;
  const world = await createWorld({ seed: 'distributor' });
  try {
    await world.startWorker();
    for (const [name, play] of wanted) await play(world, name);
    return await exportHistories(world);
  } finally {
    await world.close();
  }
}

/** Returns all histories of a world. Runs of the same workflow are numbered in their order. */
async function exportHistories({ client }: World): Promise<StoredHistory[]> {
  const executions = [];
  for await (const execution of client.workflow.list()) executions.push(execution);
  executions.sort((a, b) => a.startTime.getTime() - b.startTime.getTime());
  const stored: StoredHistory[] = [];
  const seen = new Map<string, number>();
  for (const { workflowId, runId } of executions) {
    const name = nameOf(workflowId);
    const nth = (seen.get(name) ?? 0) + 1;
    seen.set(name, nth);
    const handle = client.workflow.getHandle(workflowId, runId);
    // A run has ended in the store a moment before its workflow closes.
    await handle.result().catch(() => undefined);
    const history = await handle.fetchHistory();
    stored.push(toStored(nth === 1 ? name : `${name}.${nth}`, history));
  }
  return stored;
}

/** Returns the name of a history: its connection, its legal entity if that has another name, and its stage: `first-sync.usmf.read`. */
function nameOf(workflowId: string): string {
  const [what = '', connectionId = '', legalEntity = '', , stage = ''] = workflowId.split('/');
  if (what !== 'legal-entity-sync') return `${connectionId}.${what}`;
  return legalEntity === connectionId ? `${connectionId}.${stage}` : `${connectionId}.${legalEntity}.${stage}`;
}
