import { knownEntities, templatesOf } from '../../domain/entities.ts';
import { decideRenumberings } from '../../domain/accounts/renumbering.ts';
import { externalIdKey, renderExternalId } from '../../domain/sync/external-id.ts';
import type { Connection } from '../../store/connection/connections.ts';
import type { DecidedRenumberings, Suspects } from '../../store/accounts/renumberings.ts';
import type { RunRef } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';
import { openSlice } from '../sync/open-slice.ts';
import { readAvailable } from '../sync/schema/available-columns.ts';

/**
 * Finds staged accounts that are known accounts with a new number. F&O is asked which numbers of their parties it has
 * now, because a reading can miss a row, and single records are read for events. Usually nothing has to be asked.
 */
export async function findRenumbered(
  context: StepContext,
  run: RunRef,
  connection: Connection,
): Promise<readonly DecidedRenumberings[]> {
  const decided: DecidedRenumberings[] = [];
  for (const suspects of await context.store.renumberings.suspects(run))
    decided.push(await decide(context, run, { connection, suspects }));
  return decided;
}

async function decide(
  context: StepContext,
  run: RunRef,
  { connection, suspects }: { connection: Connection; suspects: Suspects },
): Promise<DecidedRenumberings> {
  const { legalEntity, kind, fresh, known } = suspects;
  const slice = await openSlice(context.store, { ...run, legalEntity, kind });
  const parties = [...fresh, ...known].map(({ party }) => party);
  const keys = [...fresh, ...known].map(({ key }) => key);
  const current = await readAvailable(context, slice, (dynamics, entity) =>
    dynamics.readParties({ entity, legalEntity, parties, keys }),
  );
  if (current === undefined) return { legalEntity, kind, moves: [], unclear: [], vanished: [] };
  const holderOf = await readHolders(context, connection, suspects);
  const accounts = { known, current, fresh: fresh.map((one) => ({ ...one, holder: holderOf(one.key) })) };
  return { legalEntity, kind, ...decideRenumberings(accounts) };
}

/** Returns which account is linked to the organization that has the external id of a number. */
async function readHolders(
  { store }: StepContext,
  connection: Connection,
  { legalEntity, kind, fresh }: Suspects,
): Promise<(key: string) => string | null | undefined> {
  const templates = templatesOf(knownEntities(connection));
  const idOf = (key: string): string | undefined => {
    const rendered = renderExternalId(templates, { legalEntity, kind, key });
    return 'externalId' in rendered ? externalIdKey(rendered.externalId) : undefined;
  };
  const holders = await store.renumberings.holders(
    connection.id,
    fresh.flatMap(({ key }) => idOf(key) ?? []),
  );
  return (key) => holders.get(idOf(key) ?? '');
}
