import { RemoteError } from '../../clients/errors.ts';
import { ConnectionStateError } from '../../store/connection/connections.ts';
import { GateClosedError } from '../../store/connection/rate-gates.ts';
import type { ConnectionRef, Steps } from '../../workflows/steps.ts';
import type { StepContext } from '../dependencies.ts';
import { recordWorkingCredentials } from './credential-health.ts';

/**
 * Tries the rejected credentials of a connection with one request to each system, for which a token is requested if
 * needed. Lifts the state of the connection if both systems accept them. Returns whether there is nothing left to probe.
 */
export async function probeCredentials(
  context: StepContext,
  { connectionId }: ConnectionRef,
): ReturnType<Steps['probeCredentials']> {
  const { store } = context;
  const connection = await store.connections.get(connectionId);
  if (connection?.state !== 'needs_reconnect') return { isOver: true };
  await store.zendeskTokens.allowRefused(connectionId);
  if (!(await areAccepted(context))) return { isOver: false };
  await recordWorkingCredentials(context, connectionId, ['entra', 'dynamics', 'zendesk', 'zendesk-grant']);
  return { isOver: true };
}

/** An outage and a rate limit prove nothing, so the next probe tries again. */
async function areAccepted({ remote }: StepContext): Promise<boolean> {
  try {
    await remote(async ({ dynamics, zendesk }) => {
      await dynamics.listLegalEntities();
      await zendesk.tokenScopes();
    });
    return true;
  } catch (error) {
    if (error instanceof RemoteError || error instanceof ConnectionStateError || error instanceof GateClosedError)
      return false;
    throw error;
  }
}
