import type { RunRef, Steps } from '../../workflows/steps.ts';
import type { SettleRequest } from '../../store/accounts/account-reservations.ts';
import type { StepContext } from '../dependencies.ts';

const PAGE = 1_000;

/** Registers the accounts that were read, and ranks them. */
export function rankAccounts({ store }: StepContext, run: RunRef): Promise<void> {
  return store.reservations.prepare(run.runId, run.connectionId);
}

/** Reserves external ids and names for one page of accounts. */
export async function settleReservations(
  context: StepContext,
  input: Parameters<Steps['settleReservations']>[0],
): ReturnType<Steps['settleReservations']> {
  const request = await settleRequest(context, input, input.unread);
  return { next: await context.store.reservations.settlePage(request, input.after, PAGE) };
}

/** What settling must know of the connection. */
export async function settleRequest(
  { store }: StepContext,
  run: RunRef,
  unread: readonly string[],
): Promise<SettleRequest> {
  const { runId, connectionId } = run;
  const { externalIdTemplate, settings } = await store.connections.require(connectionId);
  return { runId, connectionId, unread, template: externalIdTemplate, adopt: settings.sync.adopt };
}
