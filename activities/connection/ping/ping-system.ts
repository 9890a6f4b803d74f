import type { PingCheck } from '../../../domain/connection/ping-check.ts';
import type { Steps } from '../../../workflows/steps.ts';
import type { FarSystems, StepContext } from '../../dependencies.ts';
import { check, ok, type Look } from './check.ts';
import { dynamicsLooks } from './dynamics-checks.ts';
import { notLookedAt, watchAnswers, withAddress, type SeenAnswers } from './seen-answers.ts';
import { zendeskLooks } from './zendesk-checks.ts';

/** Looks at one of the two systems, Entra with F&O. Every look is made, unless the one that all others lean on has failed. */
export async function pingSystem(
  context: StepContext,
  { connectionId, system }: Parameters<Steps['pingSystem']>[0],
): ReturnType<Steps['pingSystem']> {
  const checks = system === 'zendesk' ? await pingZendesk(context, connectionId) : await pingDynamics(context);
  return { checks };
}

async function pingZendesk(context: StepContext, connectionId: string): Promise<readonly PingCheck[]> {
  const { store } = context;
  const secrets = await store.credentials.webhookSecrets(connectionId);
  const lastEventAt = await store.events.lastAccepted(connectionId, 'zendesk');
  const webhook = { isWired: secrets.length > 0, lastEventAt };
  const seen = watchAnswers();
  const { looks, settings } = await prepared(context, (systems) => zendeskLooks(systems, { seen, webhook, store }));
  const checks = await lookInOrder(looks, context, seen);
  const unasked = notLookedAt('zendesk.token');
  return withAddress(checks, { system: 'zendesk', origin: settings.zendesk.baseUrl, seen, unasked });
}

async function pingDynamics(context: StepContext): Promise<readonly PingCheck[]> {
  const seen = watchAnswers();
  const { looks, settings } = await prepared(context, (systems) => dynamicsLooks(systems, seen));
  const { environmentUrl, authorityHost } = settings.dynamics;
  const checks = await lookInOrder(looks, context, seen);
  const blamed = checks.find(({ system }) => system === 'entra');
  const unasked = notLookedAt(blamed === undefined ? 'dynamics.user' : 'entra.token');
  const dynamics = withAddress(withoutBlame(checks), { system: 'dynamics', origin: environmentUrl, seen, unasked });
  const token = { name: 'entra.token', system: 'entra', fix: '', ...ok('Entra gives a token for F&O.') } as const;
  return withAddress([blamed === undefined ? token : { ...blamed, name: token.name }, ...dynamics], {
    ...{ system: 'entra', origin: authorityHost, seen },
    unasked: blamed === undefined ? ok('Not asked: the token that Entra gave before still holds.') : unasked,
  });
}

/** The token of F&O comes from Entra: where that failed, Entra is to be mended, and the look itself was not made. */
function withoutBlame(checks: readonly PingCheck[]): readonly PingCheck[] {
  return checks.map((one) =>
    one.system === 'entra' ? { ...one, system: 'dynamics', ...notLookedAt('entra.token') } : one,
  );
}

function prepared(
  { far }: StepContext,
  looksOf: (systems: FarSystems) => readonly Look[],
): Promise<{ looks: readonly Look[]; settings: FarSystems['connection']['settings'] }> {
  return far((systems) => Promise.resolve({ looks: looksOf(systems), settings: systems.connection.settings }));
}

async function lookInOrder(
  looks: readonly Look[],
  { far }: StepContext,
  { observe, fail }: SeenAnswers,
): Promise<readonly PingCheck[]> {
  const checks: PingCheck[] = [];
  for (const look of looks) {
    const { name, system } = look;
    const [first] = checks;
    if (first?.status === 'fail') checks.push({ name, system, ...notLookedAt(first.name) });
    else checks.push(await far(() => check(look, fail), observe));
  }
  return checks;
}
