import type { Connection } from '../../store/connection/connections.ts';
import type { Store } from '../../store/store.ts';
import type { RunRef } from '../../workflows/steps.ts';

/**
 * Returns the connection of a run with the settings that the run uses: a preview uses those that wait for approval, if
 * there are any.
 */
export async function connectionOfRun(
  store: Pick<Store, 'connections' | 'runs' | 'revisions'>,
  { runId, connectionId }: Pick<RunRef, 'runId' | 'connectionId'>,
): Promise<Connection> {
  const connection = await store.connections.require(connectionId);
  if ((await store.runs.get(runId))?.scope !== 'preview') return connection;
  const proposed = await store.revisions.pending(connectionId);
  if (proposed === undefined) return connection;
  const { no: revision, settings, externalIdTemplate } = proposed;
  return { ...connection, settings, externalIdTemplate, revision };
}
