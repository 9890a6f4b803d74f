import { isWorkable } from '../../domain/connection/ping-check.ts';
import type { PingConnectionInput, PingResult } from '../contract.ts';
import { createSteps } from '../step-proxy.ts';

/** Checks both systems of a connection, side by side, for everything that a sync needs. */
export async function pingConnection({ connectionId, publicUrl }: PingConnectionInput): Promise<PingResult> {
  const { steps } = createSteps(connectionId);
  const parts = await Promise.all([
    steps.pingSystem({ connectionId, system: 'dynamics' }, 'Check Microsoft Entra and Dynamics 365'),
    steps.pingSystem({ connectionId, system: 'zendesk', publicUrl }, 'Check Zendesk'),
  ]);
  const checks = parts.flatMap((part) => part.checks);
  return { ok: isWorkable(checks), checks };
}
