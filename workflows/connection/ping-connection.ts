import { isWorkable } from '../../domain/connection/ping-check.ts';
import type { PingResult } from '../contract.ts';
import { createPerformer } from '../step-proxy.ts';

/** Looks at both systems of a connection, side by side, and says of each thing whether a sync can work with it. */
export async function pingConnection({ connectionId }: { readonly connectionId: string }): Promise<PingResult> {
  const { perform } = createPerformer({ fairnessKey: connectionId, waitedMs: 0, onWait: () => undefined });
  const parts = await Promise.all([
    perform('pingSystem', { connectionId, system: 'dynamics' }, 'Look at Microsoft Entra and Dynamics 365'),
    perform('pingSystem', { connectionId, system: 'zendesk' }, 'Look at Zendesk'),
  ]);
  const checks = parts.flatMap((part) => part.checks);
  return { ok: isWorkable(checks), checks };
}
