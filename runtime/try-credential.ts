import { RemoteError } from '../clients/errors.ts';
import type { RequestObserver } from '../clients/http.ts';
import type { WithRemoteSystems } from './remote-systems.ts';

/** What one request with a credential found. */
export interface CredentialTrial {
  readonly system: 'dynamics' | 'zendesk';
  readonly ok: boolean;
  /** A sentence that says what to do if it is not ok. */
  readonly message: string;
}

/** A person waits for the result. */
const LIMIT_MS = 10_000;

/** Creates the function that tries a stored credential once. It never rejects, and changes nothing. */
export function createCredentialTrial(
  withRemoteSystems: WithRemoteSystems,
  observer: RequestObserver,
): (connectionId: string, system: CredentialTrial['system']) => Promise<CredentialTrial> {
  return async (connectionId, system) => {
    try {
      const caller = { observer, signal: AbortSignal.timeout(LIMIT_MS) };
      const message = await withRemoteSystems(connectionId, caller, (systems) => TRIALS[system](systems));
      return message === undefined ? { system, ok: true, message: ACCEPTED[system] } : { system, ok: false, message };
    } catch (error) {
      return { system, ok: false, message: describe(error) };
    }
  };
}

type Systems = Parameters<Parameters<WithRemoteSystems>[2]>[0];

const TRIALS: Readonly<Record<CredentialTrial['system'], (systems: Systems) => Promise<string | undefined>>> = {
  dynamics: async ({ dynamics }) => {
    await dynamics.listLegalEntities();
    return undefined;
  },
  zendesk: async ({ zendesk, connection }) => {
    await zendesk.accountSettings();
    const user = await zendesk.currentUser();
    if (user?.role === 'admin') return undefined;
    const found =
      user === null
        ? 'Zendesk does not recognize the token.'
        : `The token belongs to a user with the role ${user.role}, not to an administrator.`;
    return `${found} Run: ledgerdesk connection authorize ${connection.id}`;
  },
};

const ACCEPTED = {
  dynamics: 'Microsoft Entra and Dynamics 365 accept the new credential.',
  zendesk: 'Zendesk accepts the new credential.',
} as const;

function describe(error: unknown): string {
  if (error instanceof RemoteError) return `${error.message} ${error.advice}`;
  if (error instanceof Error && error.name === 'TimeoutError') return 'There was no response within 10 seconds.';
  return error instanceof Error ? error.message : 'The trial failed with an unknown error.';
}
