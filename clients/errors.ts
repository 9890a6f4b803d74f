import { SYSTEM_NAMES, type RemoteSystem } from '../domain/connection/remote-system.ts';

export type { RemoteSystem };

/**
 * The name of a rate limit. `account` is a system's general limit. Zendesk also has `incremental` (exports), `jobs`
 * (concurrent bulk jobs), `user-write` (single writes of users) and `organization:<id>` (writes of one organization).
 */
export type Bucket = string;

/**
 * The kind of a failure, which decides what the caller does.
 * - `limited`: too many requests. Wait for `retryAfterMs`.
 * - `unavailable`: the request had no effect, or it can be repeated safely. Try again.
 * - `unsure`: a write may have taken effect, but no complete response came. Read back before writing again.
 * - `unreachable`: there is no server of that name, or its certificate is wrong. The host is probably wrong.
 * - `blocked`: Ledgerdesk does not call that host, or the address that its name resolves to. Nothing was sent.
 * - `unauthorized`: the credentials, or the tenant or environment that they are for, are rejected.
 * - `forbidden`: the credentials lack a privilege.
 * - `missing`: the record or the path does not exist. `code` tells which, if the system says so.
 * - `conflict`: another client wrote at the same time, or the requested version no longer exists.
 * - `refused`: the system does not accept the data.
 * - `unexpected`: the response is not one that this system's API sends.
 * - `inconsistent`: the pages of a list contradict each other, also when they are read once more.
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
  | 'unexpected'
  | 'inconsistent';

/** Everything that is kept about a failed request. The members are described at `RemoteError`. */
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
 * A failed request to a remote system. It can be logged and stored as it is: it keeps neither a credential nor the
 * error of the HTTP client, which contains headers and bodies.
 */
export class RemoteError extends Error implements RemoteErrorFacts {
  override readonly name = 'RemoteError';
  readonly system: RemoteSystem;
  /** The name of the request, such as `read CustomersV3`. */
  readonly operation: string;
  readonly kind: RemoteErrorKind;
  /** HTTP status; null when there was no response. */
  readonly status: number | null;
  /** The vendor's error code, or the error code of the network; redacted. */
  readonly code: string | null;
  /** The vendor's id of the request, for a support case. */
  readonly requestId: string | null;
  /** The time to wait, in milliseconds; null for every kind but `limited`. */
  readonly retryAfterMs: number | null;
  /** The limit that was reached; null for every kind but `limited`. */
  readonly bucket: Bucket | null;
  /** The vendor's message, or what happened on the network: short, redacted, without a stack trace. */
  readonly detail: string;
  /** What the operator should do about it. */
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
  const codes = [status, code].filter((part) => part !== null).join(' ');
  const reason = codes === '' ? '' : status === null ? ` (${codes})` : ` with ${codes}`;
  const id = requestId === null ? '' : ` (request ${requestId})`;
  return `The ${SYSTEM_NAMES[system]} request "${operation}" failed${reason}${id}: ${detail}`;
}

/** Creates an error from some of its facts. The others are null, and the advice is the general one of the kind. */
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

/** Returns what the operator should do about a failure of which only the kind is known. */
export function generalAdvice(system: RemoteSystem, kind: RemoteErrorKind): string {
  const title = SYSTEM_NAMES[system];
  const advice: Readonly<Record<RemoteErrorKind, string>> = {
    limited: `No action is needed. Ledgerdesk waits until ${title} accepts requests again.`,
    unavailable: `No action is needed at first, since Ledgerdesk tries again. If the failure lasts, check whether ${title} is down or under maintenance.`,
    unsure: `No action is needed. Ledgerdesk reads the record in ${title} before it writes again.`,
    unreachable: `Check the address of ${title} in the connection. Check that this machine can resolve it and trusts its certificate.`,
    blocked: `Check the address of ${title} in the connection, and which address this machine's name server returns for it. Only a host in LEDGERDESK_ALLOW_HOSTS may have a private address.`,
    unauthorized: `Check the credentials for ${title} in the connection file, then run \`ledgerdesk connection apply FILE\`.`,
    forbidden: `Give the account that Ledgerdesk uses in ${title} the privilege named in the message.`,
    missing: `Check the address of ${title} in the connection, and whether the record was removed.`,
    conflict: `No action is needed. Ledgerdesk reads the record again and repeats the change.`,
    refused: `Fix the field named in the message in the source record, then run \`ledgerdesk retry ID\`.`,
    unexpected: `Check that the address of ${title} in the connection is the address of the API itself, without a proxy or sign-in page in front of it.`,
    inconsistent: `Run the command again. If this happens again, report it to the support of ${title}.`,
  };
  return advice[kind];
}
