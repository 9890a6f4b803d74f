import type { RemoteSystems } from '../../dependencies.ts';
import { ok, type Check, type CheckResult } from './check.ts';

/** Creates the check that warns of a token that expires and that nothing can renew: one that somebody pasted. */
export function renewalCheck({ zendesk, connection }: RemoteSystems, canRenew: boolean): Check {
  const run = async (): Promise<CheckResult> => {
    if (canRenew) return ok('Ledgerdesk renews the token by itself.');
    const expiresAt = await zendesk.tokenExpiry();
    if (expiresAt === null) return ok('Zendesk names no time at which the token expires.');
    return {
      status: 'warn',
      detail: `The token expires at ${expiresAt}, and Ledgerdesk cannot renew it. All syncs stop then.`,
      fix: `Set zendesk.oauthClientId and zendesk.oauthClientSecret in the connection file (docs/setup.md, Zendesk), apply it, then run \`ledgerdesk connection authorize ${connection.id}\`.`,
    };
  };
  return { name: 'zendesk.renewal', system: 'zendesk', run, optional: true };
}
