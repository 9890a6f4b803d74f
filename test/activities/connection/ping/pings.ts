import { pingSystem } from '../../../../activities/connection/ping/ping-system.ts';
import type { PingCheck } from '../../../../domain/connection/ping-check.ts';
import type { Observed, StepTests } from '../../../fixtures/step-context.ts';

/** Pings one of the systems of a connection. */
export async function ping(
  at: StepTests,
  { connectionId }: { readonly connectionId: string },
  system: 'dynamics' | 'zendesk',
): Promise<Observed<unknown> & { readonly checks: readonly PingCheck[] }> {
  const seen = await at.observe(() => pingSystem(at.contextOf({ connectionId }), { connectionId, system }));
  return { ...seen, checks: seen.result.checks };
}

/** Pings one of the systems of a connection, and returns the check of this name. */
export async function checkOf(
  at: StepTests,
  connection: { readonly connectionId: string },
  name: string,
): Promise<PingCheck | undefined> {
  const system = name.startsWith('zendesk') ? 'zendesk' : 'dynamics';
  const { checks } = await ping(at, connection, system);
  return checks.find((check) => check.name === name);
}
