import type { Connection } from '../../../store/connection/connections.ts';
import type { RecordsInZendesk } from '../../../store/sync/presence.ts';
import type { RunRef } from '../../../workflows/steps.ts';
import type { StepContext } from '../../dependencies.ts';

/**
 * Notes on the run that records of other legal entities are in Zendesk. Nothing reads and updates them any more, which
 * nobody would notice otherwise. They stay listed with their last state.
 */
export async function noteOutOfScope(
  { store }: StepContext,
  { runId }: RunRef,
  { connection, entities }: { connection: Connection; entities: readonly string[] },
): Promise<void> {
  const isNamed = connection.settings.dynamics.legalEntities.length > 0;
  for (const found of await store.presence.outside(connection.id, entities))
    await store.runs.addNote(runId, { code: 'out_of_scope', message: messageOf(found, isNamed) });
}

function messageOf({ legalEntity, records }: RecordsInZendesk, isNamed: boolean): string {
  const reason = isNamed
    ? `${legalEntity} is not in dynamics.legalEntities. If that is a mistake, add it to the connection file and run \`ledgerdesk connection apply FILE\`.`
    : `Dynamics 365 no longer lists ${legalEntity}. Check whether the F&O user of the app may still see it.`;
  return `Records of the legal entity ${legalEntity} (${records}) stay in Zendesk as they are and are not updated, because ${reason}`;
}
