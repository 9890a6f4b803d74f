import type { ContactSettleRequest } from '../../store/contacts/contact-reservations.ts';
import type { RunRef, Steps } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';

const PAGE = 1_000;

/** Registers the contacts that were read, and ranks them. */
export function rankContacts({ store }: StepContext, run: RunRef): Promise<void> {
  return store.contactReservations.prepare(run.runId, run.connectionId);
}

/** Ties one page of contacts to their organizations, and reserves external ids and addresses for them. */
export async function settleContacts(
  context: StepContext,
  input: Parameters<Steps['settleContacts']>[0],
): ReturnType<Steps['settleContacts']> {
  const request = await contactSettleRequest(context, input);
  return { next: await context.store.contactReservations.settlePage(request, input.after, PAGE) };
}

/** What settling contacts must know of the connection. */
export async function contactSettleRequest({ store }: StepContext, run: RunRef): Promise<ContactSettleRequest> {
  const { runId, connectionId } = run;
  const { contactExternalId: template, sharedMailbox } = (await store.connections.require(connectionId)).settings.sync;
  return { runId, connectionId, template, sharedMailbox };
}
