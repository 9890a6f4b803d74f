import type { RemoteSystem } from './remote-system.ts';

/**
 * How long Ledgerdesk waits before it believes that a remote system rejects its credentials. All of these waits are set
 * here. Tests open the store with shorter ones.
 */
export interface RefusalWaits {
  /** The waits before each further attempt that confirms a refusal, in milliseconds. */
  readonly confirmMs: readonly number[];
  /** The time between two attempts to find out whether rejected credentials work again, in milliseconds. */
  readonly probeMs: number;
}

/**
 * Good credentials have been refused for a moment in public reports (401 of Zendesk and F&O, AADSTS7000215). So a
 * refusal counts after two more attempts, one minute and three further minutes later.
 */
export const REFUSAL_WAITS: RefusalWaits = { confirmMs: [60_000, 180_000], probeMs: 1_800_000 };

/** The operations of Zendesk's token endpoint, which checks the OAuth client and its grant. */
export const TOKEN_REQUESTS = {
  exchange: 'exchange an authorization code',
  refresh: 'refresh the tokens',
  ofClient: 'request a token',
} as const;

/**
 * A credential that a remote system checks. `zendesk` is the access token. `zendesk-grant` is the OAuth client with its
 * grant, which may be rejected while the access token is still accepted.
 */
export type CredentialName = RemoteSystem | 'zendesk-grant';

/** A kind of request to a remote system. */
export interface CheckedCall {
  readonly system: RemoteSystem;
  readonly operation: string;
}

const OF_GRANT: ReadonlySet<string> = new Set(Object.values(TOKEN_REQUESTS));

/** Zendesk answers this request also for a token that it rejects, as to an anonymous visitor. */
const PROVES_NOTHING = 'read the current user';

/** Returns the credential that a request uses. */
export function credentialOf({ system, operation }: CheckedCall): CredentialName {
  return system === 'zendesk' && OF_GRANT.has(operation) ? 'zendesk-grant' : system;
}

/** Returns whether a successful answer proves that the remote system accepts the credential. */
export function provesCredential({ operation }: CheckedCall): boolean {
  return operation !== PROVES_NOTHING;
}

/** What is known of a refused request when it is refused again. */
export interface KnownRefusal {
  /** The refusals that were counted; 0 before the first one. */
  readonly attempts: number;
  /** The time until the next refusal counts, in milliseconds; not positive when it is over. */
  readonly leftMs: number;
  /** Whether the credential has worked since it was applied. One that has not needs no confirmation. */
  readonly hasWorked: boolean;
}

/** A decision about a refusal. `waitMs` is the time until the next attempt; null when the refusal is confirmed. */
export interface RefusalDecision {
  readonly attempts: number;
  readonly waitMs: number | null;
}

/** Decides whether a refusal is confirmed. A refusal before the next attempt is due counts as the same one. */
export function decideRefusal(
  { attempts, leftMs, hasWorked }: KnownRefusal,
  { confirmMs }: RefusalWaits,
): RefusalDecision {
  const needed = confirmMs.length + 1;
  if (!hasWorked || attempts >= needed) return { attempts: needed, waitMs: null };
  if (attempts > 0 && leftMs > 0) return { attempts, waitMs: leftMs };
  return { attempts: attempts + 1, waitMs: confirmMs[attempts] ?? null };
}
