import { knownEntities, templatesOf } from '../../domain/entities.ts';
import { decideRenumberings, type CurrentAccount, type KnownAccount } from '../../domain/accounts/renumbering.ts';
import { externalIdKey, renderExternalId } from '../../domain/sync/external-id.ts';
import type { Connection } from '../../store/connection/connections.ts';
import type { DecidedRenumberings, Suspects } from '../../store/accounts/renumberings.ts';
import type { RunRef } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';
import { openSlice } from '../sync/open-slice.ts';
import { readAvailable } from '../sync/schema/available-columns.ts';

/** What was read: all accounts, or single ones, of which the others may have changed, too. */
type Reading = 'all' | 'single';

/**
 * Finds staged accounts that are known accounts with another number. F&O is asked which numbers of their parties it has
 * now, because a reading can miss a row, and single records are read for events. Usually nothing has to be asked.
 */
export async function findRenumbered(
  context: StepContext,
  run: RunRef,
  { connection, reading }: { connection: Connection; reading: Reading },
): Promise<readonly DecidedRenumberings[]> {
  const decided: DecidedRenumberings[] = [];
  for (const suspects of await context.store.renumberings.suspects(run)) {
    const found = await decide(context, run, { connection, suspects });
    // Of a single number that another account may have now, the next complete reading shows more.
    if (found !== undefined) decided.push(reading === 'single' ? withoutPassedOn(found) : found);
  }
  return decided;
}

function withoutPassedOn(found: DecidedRenumberings): DecidedRenumberings {
  return { ...found, held: [], vanished: [...found.vanished, ...found.passedOn] };
}

async function decide(
  context: StepContext,
  run: RunRef,
  { connection, suspects }: { connection: Connection; suspects: Suspects },
): Promise<DecidedRenumberings | undefined> {
  const { legalEntity, kind, fresh, changed } = suspects;
  const found = await readParties(context, run, suspects);
  if (found === undefined) return undefined;
  const holderOf = await readHolders(context, connection, suspects);
  const accounts = { ...found, changed, fresh: fresh.map((one) => ({ ...one, holder: holderOf(one.key) })) };
  return { legalEntity, kind, ...decideRenumberings(accounts) };
}

/** The number of readings after which no further parties are followed. Usually one is enough. */
const MAX_READINGS = 5;

/**
 * Reads the known accounts of the parties of the suspects, and what F&O has of these parties and accounts now. A number
 * can have been passed on, so the parties that known numbers have now are followed. Returns undefined if the environment
 * does not have the column of the party.
 */
async function readParties(
  context: StepContext,
  run: RunRef,
  { legalEntity, kind, fresh, changed }: Suspects,
): Promise<{ known: readonly KnownAccount[]; current: readonly CurrentAccount[] } | undefined> {
  const { store } = context;
  const slice = await openSlice(store, { ...run, legalEntity, kind });
  const parties = new Set([...fresh, ...changed].map(({ party }) => party));
  const keys = new Set([...fresh, ...changed].map(({ key }) => key));
  for (let readings = 1; ; readings += 1) {
    const known = await store.renumberings.known(run, slice, { parties: [...parties], keys: [...keys] });
    for (const one of known) keys.add(one.key);
    for (const one of known) parties.add(one.party);
    const wanted = { parties: [...parties], keys: [...keys] };
    const current = await readAvailable(context, slice, (dynamics, entity) =>
      dynamics.readParties({ entity, legalEntity, ...wanted }),
    );
    if (current === undefined) return undefined;
    for (const { party } of current) if (party !== null) parties.add(party);
    for (const { key } of current) keys.add(key);
    const isWhole = parties.size === wanted.parties.length && keys.size === wanted.keys.length;
    if (isWhole || readings === MAX_READINGS) return { known, current };
  }
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
  const ids = fresh.flatMap(({ key }) => idOf(key) ?? []);
  const holders = await store.renumberings.holders(connection.id, ids);
  return (key) => holders.get(idOf(key) ?? '');
}
