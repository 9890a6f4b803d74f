import type { PingCheck } from '../../../domain/connection/ping-check.ts';
import type { Steps } from '../../../workflows/steps.ts';
import type { RemoteSystems, StepContext } from '../../dependencies.ts';
import { recordWorkingCredentials } from '../../operations/credential-health.ts';
import { ok, runCheck, type Check } from './check.ts';
import { dynamicsChecks } from './dynamics-checks.ts';
import { reusedNumbersChecks } from './reused-numbers-check.ts';
import { notChecked, watchAnswers, withAddress, type SeenAnswers } from './seen-answers.ts';
import { zendeskChecks } from './zendesk-checks.ts';

/**
 * Checks Zendesk, or F&O together with Entra. Runs all checks, unless the first one fails, on which the others depend.
 * Credentials that were rejected and work now lift the state of the connection.
 */
export async function pingSystem(
  context: StepContext,
  { connectionId, system, publicUrl = '' }: Parameters<Steps['pingSystem']>[0],
): ReturnType<Steps['pingSystem']> {
  const checks =
    system === 'zendesk' ? await pingZendesk(context, { connectionId, publicUrl }) : await pingDynamics(context);
  const areOk = PROOFS[system].checks.every((name) => checks.some((one) => one.name === name && one.status === 'ok'));
  if (areOk) await recordWorkingCredentials(context, connectionId, PROOFS[system].credentials);
  return { checks };
}

/** The checks that show that a system accepts the credentials, and the credentials that they prove. */
const PROOFS = {
  dynamics: { checks: ['entra.token', 'dynamics.user'], credentials: ['entra', 'dynamics'] },
  zendesk: { checks: ['zendesk.token'], credentials: ['zendesk'] },
} as const;

async function pingZendesk(
  context: StepContext,
  { connectionId, publicUrl }: { readonly connectionId: string; readonly publicUrl: string },
): Promise<readonly PingCheck[]> {
  const { store } = context;
  const { state } = await store.connections.require(connectionId);
  // A refresh token that was refused is tried once more, because a person asks whether it works.
  if (state === 'needs_reconnect') await store.zendeskTokens.allowRefused(connectionId);
  const secrets = await store.credentials.webhookSecrets(connectionId);
  const lastEventAt = await store.events.lastAccepted(connectionId, 'zendesk');
  const webhook = { isWired: secrets.length > 0, lastEventAt, publicUrl };
  const seen = watchAnswers();
  const tokens = await store.zendeskTokens.read(connectionId);
  const { checks, settings } = await prepare(context, (systems) =>
    zendeskChecks(systems, { seen, webhook, store, canRenew: canRenew(systems.connection.settings.zendesk, tokens) }),
  );
  const results = await runInOrder(checks, context, seen);
  const notRequested = notChecked('zendesk.token');
  return withAddress(results, { system: 'zendesk', origin: settings.zendesk.baseUrl, seen, notRequested });
}

function canRenew(
  { grant, oauthClientId }: RemoteSystems['connection']['settings']['zendesk'],
  { refreshToken, isRefused }: { readonly refreshToken: string | undefined; readonly isRefused: boolean },
): boolean {
  return oauthClientId !== undefined && (grant === 'client_credentials' || (refreshToken !== undefined && !isRefused));
}

async function pingDynamics(context: StepContext): Promise<readonly PingCheck[]> {
  const seen = watchAnswers();
  const { checks, settings } = await prepare(context, async (systems) => [
    ...dynamicsChecks(systems, seen),
    ...(await reusedNumbersChecks(systems.connection.id, context.store)),
  ]);
  const { environmentUrl, authorityHost } = settings.dynamics;
  const results = await runInOrder(checks, context, seen);
  const failed = results.find(({ system }) => system === 'entra');
  const notRequested = notChecked(failed === undefined ? 'dynamics.user' : 'entra.token');
  const address = { system: 'dynamics', origin: environmentUrl, seen, notRequested } as const;
  const dynamics = withAddress(asNotChecked(results), address);
  const token = { name: 'entra.token', system: 'entra', fix: '', ...ok('Entra issues tokens for F&O.') } as const;
  return withAddress([failed === undefined ? token : { ...failed, name: token.name }, ...dynamics], {
    ...{ system: 'entra', origin: authorityHost, seen },
    notRequested: failed === undefined ? ok('Not checked: the last token of Entra is still valid.') : notRequested,
  });
}

/** Marks checks of F&O as not run if they failed in Entra, because Entra must be fixed first. */
function asNotChecked(results: readonly PingCheck[]): readonly PingCheck[] {
  return results.map((one) =>
    one.system === 'entra' ? { ...one, system: 'dynamics', ...notChecked('entra.token') } : one,
  );
}

function prepare(
  { remote }: StepContext,
  checksOf: (systems: RemoteSystems) => readonly Check[] | Promise<readonly Check[]>,
): Promise<{ checks: readonly Check[]; settings: RemoteSystems['connection']['settings'] }> {
  return remote(async (systems) => ({ checks: await checksOf(systems), settings: systems.connection.settings }));
}

async function runInOrder(
  checks: readonly Check[],
  { remote }: StepContext,
  { observe, fail }: SeenAnswers,
): Promise<readonly PingCheck[]> {
  const results: PingCheck[] = [];
  for (const check of checks) {
    const { name, system } = check;
    const [first] = results;
    if (first?.status === 'fail') results.push({ name, system, ...notChecked(first.name) });
    else results.push(await remote(() => runCheck(check, fail), observe));
  }
  return results;
}
