import { RemoteError } from '../../../clients/errors.ts';
import { entitiesOf } from '../../../domain/entities.ts';
import { nearestNames } from '../../../domain/sync/nearest-names.ts';
import type { Connection } from '../../../store/connection/connections.ts';
import type { SliceRef } from '../../../workflows/steps.ts';
import type { StepContext } from '../../dependencies.ts';
import { stop } from '../../failure.ts';

const NAMES_SHOWN = 3;

/**
 * Checks a legal entity of the connection file of which no record was ever read. F&O answers a filter by an unknown
 * legal entity with no rows and no error (Microsoft docs, Cross-company behavior), so a typing error looks like an empty
 * company. Fails if F&O does not list the legal entity and has no accounts in it.
 */
export async function checkLegalEntity(context: StepContext, slice: SliceRef): Promise<void> {
  const { store } = context;
  const connection = await store.connections.require(slice.connectionId);
  const { legalEntity } = slice;
  if (!connection.settings.dynamics.legalEntities.includes(legalEntity)) return;
  if (await store.presence.wasEverRead(slice.connectionId, slice)) return;
  const listed = await legalEntitiesOf(context, slice);
  if (listed === undefined || listed.includes(legalEntity)) return;
  if (await hasAccounts(context, connection, legalEntity)) return;
  throw stop('unknown_legal_entity', messageOf(legalEntity, listed));
}

/** Returns the legal entities that F&O lists; undefined, with a note on the run, if the app may not read the list. */
async function legalEntitiesOf(
  { store, remote }: StepContext,
  { runId, legalEntity }: SliceRef,
): Promise<readonly string[] | undefined> {
  try {
    return await remote(({ dynamics }) => dynamics.listLegalEntities());
  } catch (error) {
    if (!(error instanceof RemoteError) || error.system !== 'dynamics' || error.kind !== 'forbidden') throw error;
    const message = `No record of the legal entity "${legalEntity}" was ever read, and the F&O user may not read LegalEntities, so its name could not be checked. Check the spelling in dynamics.legalEntities, or give the role of the user the privilege to read LegalEntities.`;
    await store.runs.addNote(runId, { code: 'legal_entity_unchecked', message });
    return undefined;
  }
}

/** Returns whether F&O has accounts in a legal entity that it does not list. A list can miss a row, too. */
async function hasAccounts({ remote }: StepContext, connection: Connection, legalEntity: string): Promise<boolean> {
  for (const entity of entitiesOf(connection).filter(({ target }) => target === 'organization'))
    if ((await remote(({ dynamics }) => dynamics.countRecords({ entity, legalEntity }))) > 0) return true;
  return false;
}

function messageOf(legalEntity: string, listed: readonly string[]): string {
  const names = nearestNames(legalEntity, listed, NAMES_SHOWN).map((name) => `"${name}"`);
  const nearest = names.length === 0 ? '' : ` The nearest names in Dynamics 365 are ${names.join(', ')}.`;
  return `Dynamics 365 has no legal entity "${legalEntity}", so none of its records could be read.${nearest} Correct dynamics.legalEntities in the connection file and run \`ledgerdesk connection apply FILE\`.`;
}
