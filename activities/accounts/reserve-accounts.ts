import { kindsOf, knownEntities, templatesOf } from '../../domain/entities.ts';
import type { ReservationRequest } from '../../store/accounts/account-reservations.ts';
import type { Connection } from '../../store/connection/connections.ts';
import type { RunRef } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';
import type { OpenSlice, OpenTarget } from '../sync/open-slice.ts';
import type { ReserveAgain, ReservePage } from '../sync/target.ts';
import { findRenumbered } from './find-renumbered.ts';

const PAGE = 1_000;

/** Registers and ranks the accounts that were read. Accounts with a new number keep their organizations. */
export async function rankAccounts(context: StepContext, run: RunRef, { connection }: OpenTarget): Promise<void> {
  const renumbered = await findRenumbered(context, run, { connection, reading: 'all' });
  await context.store.reservations.prepare(requestOf(run, connection, []), renumbered);
}

/** Reserves external ids and names for one page of accounts. */
export function reserveAccounts(
  { store }: StepContext,
  run: RunRef,
  { target, after, incompleteEntities }: ReservePage,
): Promise<number | null> {
  return store.reservations.reservePage(requestOf(run, target.connection, incompleteEntities), after, PAGE);
}

/** Ranks accounts that were read one by one, and reserves external ids and names for them again. */
export async function reserveAccountsAgain(
  context: StepContext,
  slice: OpenSlice,
  { keys, incompleteEntities }: ReserveAgain,
): Promise<void> {
  const { store } = context;
  const request = requestOf(slice, slice.connection, incompleteEntities);
  const renumbered = await findRenumbered(context, slice, { connection: slice.connection, reading: 'single' });
  await store.reservations.prepare(request, renumbered);
  await store.reservations.reserveAgain(request, keys, []);
}

/** Gives the suffixes of accounts of a slice back whose plain name nobody has any more. Returns how many are to be planned. */
export function giveBackNames(
  { store }: StepContext,
  slice: OpenSlice,
  incompleteEntities: readonly string[],
): Promise<number> {
  return store.reservations.giveBack(requestOf(slice, slice.connection, incompleteEntities), slice);
}

/** Returns a request to reserve for accounts. Entities that are switched off keep their rank and their templates. */
export function requestOf(
  { runId, connectionId }: RunRef,
  connection: Connection,
  incompleteEntities: readonly string[],
): ReservationRequest {
  const entities = knownEntities(connection);
  const { adopt } = connection.settings.sync;
  const kinds = kindsOf(entities, 'organization');
  return { runId, connectionId, kinds, templates: templatesOf(entities), adopt, incompleteEntities };
}
