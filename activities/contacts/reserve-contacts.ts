import { knownEntities, templatesOf } from '../../domain/entities.ts';
import type { Connection } from '../../store/connection/connections.ts';
import type { ContactReservationRequest } from '../../store/contacts/contact-reservations.ts';
import type { RunRef } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';
import type { OpenSlice } from '../sync/open-slice.ts';
import type { ReserveAgain, ReservePage } from '../sync/target.ts';

const PAGE = 1_000;

/** Registers and ranks the contacts that were read. */
export function rankContacts({ store }: StepContext, { runId, connectionId }: RunRef): Promise<void> {
  return store.contactReservations.prepare({ runId, connectionId });
}

/** Finds the organizations of one page of contacts, and reserves external ids and email addresses for them. */
export function reserveContacts(
  { store }: StepContext,
  run: RunRef,
  { target, after }: ReservePage,
): Promise<number | null> {
  return store.contactReservations.reservePage(requestOf(run, target.connection), after, PAGE);
}

/** Ranks contacts that were read one by one, and reserves external ids and email addresses for them again. */
export async function reserveContactsAgain(
  { store }: StepContext,
  slice: OpenSlice,
  { keys }: ReserveAgain,
): Promise<void> {
  const request = requestOf(slice, slice.connection);
  await store.contactReservations.prepare(request);
  await store.contactReservations.reserveAgain(request, keys);
}

function requestOf({ runId, connectionId }: RunRef, connection: Connection): ContactReservationRequest {
  const { sharedMailbox } = connection.settings.sync;
  return { runId, connectionId, templates: templatesOf(knownEntities(connection)), sharedMailbox };
}
