import type { AccountKey } from '../domain/account.ts';
import { kindsOf } from '../domain/connection.ts';
import type { SliceRef, Steps } from '../workflows/steps.ts';
import type { StepContext } from './dependencies.ts';
import { settleRequest } from './settle.ts';

/** Reads again the accounts that somebody asked for while this run had them, before it lets go of them. */
export async function readAgain(
  context: StepContext,
  input: Parameters<Steps['readAgain']>[0],
): ReturnType<Steps['readAgain']> {
  const { store } = context;
  const keys = await store.planning.marked(input, input);
  if (keys.length === 0) return { accounts: 0 };
  const readAt = await store.staging.now();
  const accounts = await stage(context, input, { keys, readAt, unread: input.unread });
  await store.planning.unmark(input, input, readAt);
  return { accounts };
}

/** Reads one account and stages it, settled with what is reserved for it. */
export async function stageAccount(
  context: StepContext,
  input: Parameters<Steps['stageAccount']>[0],
): ReturnType<Steps['stageAccount']> {
  const { store } = context;
  const { connectionId, legalEntity, kind, accountNumber } = input;
  const { settings } = await store.connections.require(connectionId);
  const unread = await store.staging.neverRead(connectionId, settings.dynamics.legalEntities, kindsOf(settings));
  const readAt = await store.staging.now();
  const accounts = await stage(context, input, { keys: [{ legalEntity, kind, accountNumber }], readAt, unread });
  return { found: accounts > 0, unread };
}

async function stage(
  context: StepContext,
  slice: SliceRef,
  wanted: { keys: readonly AccountKey[]; readAt: Date; unread: readonly string[] },
): Promise<number> {
  const { store, far } = context;
  const { legalEntity, kind, runId, connectionId } = slice;
  const accountNumbers = wanted.keys.map(({ accountNumber }) => accountNumber);
  const accounts = await far(({ dynamics }) => dynamics.readAccounts({ legalEntity, kind, accountNumbers }));
  if (accounts.length === 0) return 0;
  await store.staging.addAccounts(runId, accounts, wanted.readAt);
  await store.reservations.prepare(runId, connectionId);
  await store.reservations.settleAgain(await settleRequest(context, slice, wanted.unread), accounts, []);
  return accounts.length;
}
