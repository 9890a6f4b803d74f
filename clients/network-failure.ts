import { remoteError, type RemoteSystem, type RemoteError, type RemoteErrorKind } from './errors.ts';
import { isBlockedAddress } from './guarded-agents.ts';
import { textMember } from './classify.ts';

/** Thrown inside the HTTP client when a body is larger, inflated, than what is read of it. */
export class BodyTooLargeError extends Error {
  readonly code = 'BODY_TOO_LARGE';
}

/** The request that failed, as far as its failure needs it. */
export interface FailedRequest {
  readonly system: RemoteSystem;
  readonly operation: string;
  readonly repeatable: boolean;
  /** Status of the answer that broke off; null when none had begun. */
  readonly status: number | null;
}

interface Meaning {
  /** What it means before anything was sent, or for a request that may be repeated. */
  readonly kind: RemoteErrorKind;
  readonly detail: string;
  /** Whether the far system may have taken the request: then a write is `unsure`. */
  readonly sent: boolean;
}

const NOT_SENT = { kind: 'unavailable', sent: false } as const;
const WRONG_HOST = { kind: 'unreachable', sent: false } as const;
const BROKE_OFF = { kind: 'unavailable', sent: true } as const;
const NOT_THE_API = { kind: 'unexpected', sent: true } as const;

const MEANINGS = new Map<string, Meaning>([
  ['ENOTFOUND', { ...WRONG_HOST, detail: 'no host of that name is known' }],
  ['EAI_AGAIN', { ...NOT_SENT, detail: 'the host name could not be resolved for the moment' }],
  ['ECONNREFUSED', { ...NOT_SENT, detail: 'the connection was refused' }],
  ['EHOSTUNREACH', { ...NOT_SENT, detail: 'the host could not be reached' }],
  ['ENETUNREACH', { ...NOT_SENT, detail: 'the network could not be reached' }],
  [
    'ERR_INVALID_CHAR',
    { kind: 'unexpected', sent: false, detail: 'a header or credential holds a character that HTTP does not allow' },
  ],
  ['ECONNRESET', { ...BROKE_OFF, detail: 'the connection broke off before the answer was complete' }],
  ['EPIPE', { ...BROKE_OFF, detail: 'the connection broke off while the request was sent' }],
  ['ERR_STREAM_PREMATURE_CLOSE', { ...BROKE_OFF, detail: 'the connection broke off before the answer was complete' }],
  ['ERR_ABORTED', { ...BROKE_OFF, detail: 'the request was cancelled' }],
  ['BODY_TOO_LARGE', { ...NOT_THE_API, detail: 'the answer is larger than Ledgerdesk reads' }],
]);

const BLOCKED: Meaning = {
  kind: 'blocked',
  sent: false,
  detail: 'Ledgerdesk does not call it: its name leads to an address that is not a public one',
};

const CERTIFICATE = /CERT|ALTNAME|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|^ERR_(TLS|SSL)|^EPROTO$/;

/** Turns what the HTTP client threw into an error of ours; of the original only its code and the time limit are kept. */
export function networkFailure(error: unknown, request: FailedRequest): RemoteError {
  const code = codeOf(error);
  const { kind, detail, sent } = meaningOf(code, error);
  return remoteError({
    system: request.system,
    operation: request.operation,
    kind: sent && !request.repeatable ? 'unsure' : kind,
    status: request.status,
    code,
    detail: `${detail}.`,
  });
}

function meaningOf(code: string, error: unknown): Meaning {
  if (code === 'EGRESS') return BLOCKED;
  const known = MEANINGS.get(code);
  if (known !== undefined) return known;
  if (code === 'ETIMEDOUT') return timeLimit(error);
  if (CERTIFICATE.test(code)) return { ...WRONG_HOST, detail: 'no trusted TLS connection could be made' };
  if (code.startsWith('Z_') || code.startsWith('ERR_BROTLI') || code.startsWith('ERR__ERROR_FORMAT'))
    return { ...BROKE_OFF, detail: 'the compressed answer is damaged or incomplete' };
  if (code.startsWith('HPE_')) return { ...NOT_THE_API, detail: 'what came back is not HTTP' };
  return { ...NOT_THE_API, detail: 'the request failed' };
}

/** A time limit of got names its phase in `event`; one of the operating system has none and concerns connecting. */
function timeLimit(error: unknown): Meaning {
  const phase = textMember(error, 'event') ?? 'connect';
  const connecting = phase === 'lookup' || phase === 'connect' || phase === 'secureConnect';
  if (connecting) return { ...NOT_SENT, detail: `no connection was made in time (${phase})` };
  return { ...BROKE_OFF, detail: `no complete answer came in time (${phase})` };
}

function codeOf(error: unknown): string {
  if (isBlockedAddress(error)) return 'EGRESS';
  const code = textMember(error, 'code') ?? 'ERR_UNKNOWN';
  return /^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? code : 'ERR_UNKNOWN';
}
