import type { CallResult } from '../../clients/http.ts';
import { readRateHeaders } from '../../clients/zendesk/rate-headers.ts';
import type { PingCheck } from '../../domain/ping-check.ts';
import { ConnectionProblem } from '../../store/connections.ts';
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
  try {
    if (system === 'zendesk') return { checks: await pingZendesk(context, connectionId) };
    const looks = await context.far((systems) => Promise.resolve(dynamicsLooks(systems)));
    return { checks: withEntra(await lookInOrder(looks, context)) };
  } catch (error) {
    if (!(error instanceof ConnectionProblem)) throw error;
    const { message } = error;
    return { checks: [{ name: `${system}.credentials`, system, status: 'fail', detail: message, fix: message }] };
  }
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
      checks.push({ ...look, status: 'warn', detail: `Not looked at: ${first.name} failed.`, fix: '' });
    else checks.push(await far(() => check(look), observe));
  }
  return checks.map(({ name, system, status, detail, fix }) => ({ name, system, status, detail, fix }));
}

/** The token of F&O comes from Entra: where the first call failed there, Entra is to be mended, else its token is good. */
function withEntra(checks: readonly PingCheck[]): readonly PingCheck[] {
  if (checks.some(({ system }) => system === 'entra')) {
    const failed = checks.find(({ system, status }) => system === 'entra' && status === 'fail');
    const dynamics = { name: 'dynamics.user', system: 'dynamics' as const, status: 'warn' as const };
    const rest = checks.filter((each) => each !== failed);
    if (failed === undefined) return checks;
    return [
      { ...failed, name: 'entra.token' },
      { ...dynamics, detail: 'Not looked at: there is no token.', fix: '' },
      ...rest,
    ];
  }
  const token = { name: 'entra.token', system: 'entra' as const, ...ok('Entra gives a token for F&O.'), fix: '' };
  return [token, ...checks];
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
