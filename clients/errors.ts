import { SYSTEM_NAMES, type RemoteSystem } from '../domain/connection/remote-system.ts';

export type { RemoteSystem };

/**
 * What a rate limit is kept by. `account` is a system's general limit; Zendesk has `incremental` (exports), `jobs`
 * (bulk jobs at once), `user-write` (writing users one by one) and `organization:<id>` (writing one organization) besides.
 */
export type Bucket = string;

/**
 * What a failure means for the caller.
 * - `limited`: too many requests; wait for `retryAfterMs`.
 * - `unavailable`: nothing happened, or nothing that a repetition could harm; try again.
 * - `unsure`: a write may have taken effect, but no complete answer came; read back before writing again.
 * - `unreachable`: no server of that name, or one with a wrong certificate: probably a wrong host.
 * - `blocked`: Ledgerdesk does not call that host, or the address that its name leads to; nothing was sent.
 * - `unauthorized`: the credentials, or what they are made for, are rejected.
 * - `forbidden`: the credentials lack a privilege.
 * - `missing`: the record or the path is not there (`code` tells which, where the system says so).
 * - `conflict`: somebody else wrote at the same time, or the version asked for is gone.
 * - `refused`: the system does not accept the data.
 * - `unexpected`: the answer is not one that this system's API gives.
 */
export type RemoteErrorKind =
  | 'limited'
  | 'unavailable'
  | 'unsure'
  | 'unreachable'
  | 'blocked'
  | 'unauthorized'
  | 'forbidden'
  | 'missing'
  | 'conflict'
  | 'refused'
  | 'unexpected';

/** Everything that is kept of a failed request; see the members of `RemoteError`. */
export interface RemoteErrorFacts {
  readonly system: RemoteSystem;
  readonly operation: string;
  readonly kind: RemoteErrorKind;
  readonly status: number | null;
  readonly code: string | null;
  readonly requestId: string | null;
  readonly retryAfterMs: number | null;
  readonly bucket: Bucket | null;
  readonly detail: string;
  readonly advice: string;
}

/**
 * A request to a remote system that failed. It holds only what an operator may see: neither the HTTP client's error (which carries
 * headers and bodies) nor a credential is kept, so it can be logged and stored as it is.
 */
export class RemoteError extends Error implements RemoteErrorFacts {
  override readonly name = 'RemoteError';
  readonly system: RemoteSystem;
  /** What was requested, e.g. `read CustomersV3`. */
  readonly operation: string;
  readonly kind: RemoteErrorKind;
  /** HTTP status; null when no answer came. */
  readonly status: number | null;
  /** The vendor's code or error word, or the network's error code; redacted. */
  readonly code: string | null;
  /** The vendor's id of the request, for its support. */
  readonly requestId: string | null;
  /** How long to wait, in milliseconds; only of kind `limited`. */
  readonly retryAfterMs: number | null;
  /** Which limit was reached; only of kind `limited`. */
  readonly bucket: Bucket | null;
  /** The vendor's words, or what happened on the network: short, redacted, no server stack. */
  readonly detail: string;
  /** One sentence: what a person should do about it. */
  readonly advice: string;

  constructor(facts: RemoteErrorFacts) {
    super(sentence(facts));
    this.system = facts.system;
    this.operation = facts.operation;
    this.kind = facts.kind;
    this.status = facts.status;
    this.code = facts.code;
    this.requestId = facts.requestId;
    this.retryAfterMs = facts.retryAfterMs;
    this.bucket = facts.bucket;
    this.detail = facts.detail;
    this.advice = facts.advice;
  }
}

function sentence(facts: RemoteErrorFacts): string {
  const { system, operation, status, code, requestId, detail } = facts;
  const words = [status, code].filter((word) => word !== null).join(' ');
  const answer = status === null ? `gave no usable answer to "${operation}"` : `answered "${operation}"`;
  const how = words === '' ? '' : status === null ? ` (${words})` : ` with ${words}`;
  const id = requestId === null ? '' : ` (request ${requestId})`;
  return `${SYSTEM_NAMES[system]} ${answer}${how}${id}: ${detail}`;
}

/** Builds an error that did not come as an HTTP failure; what is not given is null, and the advice that of its kind. */
export function remoteError(
  facts: Pick<RemoteErrorFacts, 'system' | 'operation' | 'kind' | 'detail'> & Partial<RemoteErrorFacts>,
): RemoteError {
  return new RemoteError({
    status: null,
    code: null,
    requestId: null,
    retryAfterMs: null,
    bucket: null,
    advice: generalAdvice(facts.system, facts.kind),
    ...facts,
  });
}

/** Returns what a person should do about a failure of which no more than its kind is known. */
export function generalAdvice(system: RemoteSystem, kind: RemoteErrorKind): string {
  const title = SYSTEM_NAMES[system];
  const advice: Readonly<Record<RemoteErrorKind, string>> = {
    limited: `Nothing: Ledgerdesk waits until ${title} takes requests again.`,
    unavailable: `Nothing at first: Ledgerdesk tries again. If it lasts, check whether ${title} is down or under maintenance.`,
    unsure: `Nothing: Ledgerdesk reads back what ${title} holds before it writes again.`,
    unreachable: `Check the address of ${title} in the connection, and that this machine can resolve it and trusts its certificate.`,
    blocked: `Check the address of ${title} in the connection, and what this machine's name server answers for it. Only a host in LEDGERDESK_ALLOW_HOSTS may have a private address.`,
    unauthorized: `Check the credentials for ${title} in the connection and apply it again.`,
    forbidden: `Give the account that Ledgerdesk uses in ${title} the privilege that the message names.`,
    missing: `Check the address of ${title} in the connection, and whether the record was removed.`,
    conflict: `Nothing: Ledgerdesk reads the record again and repeats the change.`,
    refused: `Fix in the source record what the message names, then retry.`,
    unexpected: `Check that the address of ${title} in the connection is the API's own, with no proxy or log-in page before it.`,
  };
  return advice[kind];
}
