import type { CallResult } from '../../clients/http.ts';
import { readRateHeaders } from '../../clients/zendesk/rate-headers.ts';
import type { PingCheck } from '../../domain/ping-check.ts';
import type { Steps } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';
import { check, ok, type Look } from './check.ts';
import { dynamicsLooks } from './dynamics-looks.ts';
import { zendeskLooks, type SeenHeaders } from './zendesk-looks.ts';

/** Looks at one of the two systems, Entra with F&O. Every look is made, unless the one that all others lean on has failed. */
export async function pingSystem(
  context: StepContext,
  { connectionId, system }: Parameters<Steps['pingSystem']>[0],
): ReturnType<Steps['pingSystem']> {
  if (system === 'zendesk') return { checks: await pingZendesk(context, connectionId) };
  const looks = await context.far((systems) => Promise.resolve(dynamicsLooks(systems)));
  return { checks: withEntra(await lookInOrder(looks, context)) };
}

async function pingZendesk(context: StepContext, connectionId: string): Promise<readonly PingCheck[]> {
  const { store } = context;
  const secrets = await store.credentials.webhookSecrets(connectionId);
  const lastEventAt = await store.events.lastAccepted(connectionId, 'zendesk');
  const seen = createHeaderReader();
  const looks = await context.far((systems) =>
    Promise.resolve(
      zendeskLooks(systems, { headers: seen.headers, webhook: { isWired: secrets.length > 0, lastEventAt } }),
    ),
  );
  return lookInOrder(looks, context, seen.observe);
}

async function lookInOrder(
  looks: readonly Look[],
  { far }: StepContext,
  observe?: (result: CallResult) => void,
): Promise<PingCheck[]> {
  const checks: PingCheck[] = [];
  for (const look of looks) {
    const [first] = checks;
    if (first?.status === 'fail')
      checks.push({ ...look, status: 'warn', detail: `Not looked at: see ${first.name}.`, fix: '' });
    else checks.push(await far(() => check(look), observe));
  }
  return checks.map(({ name, system, status, detail, fix }) => ({ name, system, status, detail, fix }));
}

/** The token of F&O comes from Entra: where that failed, Entra is to be mended, and the look itself was not made. */
function withEntra(checks: readonly PingCheck[]): readonly PingCheck[] {
  const [blamed] = checks.filter(({ system }) => system === 'entra');
  if (blamed === undefined)
    return [{ name: 'entra.token', system: 'entra', ...ok('Entra gives a token for F&O.'), fix: '' }, ...checks];
  const unseen = { system: 'dynamics', status: 'warn', detail: 'Not looked at: see entra.token.', fix: '' } as const;
  const others = checks.map((one) => (one.system === 'entra' ? { ...unseen, name: one.name } : one));
  return [{ ...blamed, name: 'entra.token' }, ...others];
}

/** Keeps what Zendesk's answers tell of its rate limit and its clock. */
function createHeaderReader(): { headers: () => SeenHeaders; observe: (result: CallResult) => void } {
  const seen: { rate: SeenHeaders['rate']; clockSkewMs: number | null } = { rate: null, clockSkewMs: null };
  return {
    headers: () => seen,
    observe({ headers }) {
      seen.rate = readRateHeaders(headers) ?? seen.rate;
      const date = Date.parse(headers['date'] ?? '');
      if (!Number.isNaN(date)) seen.clockSkewMs = Date.now() - date;
    },
  };
}
