import { remoteError, type RemoteSystem, type RemoteError, type RemoteErrorKind } from './errors.ts';
import { isBlockedAddress } from './guarded-agents.ts';
import { textMember } from './classify.ts';

/** The error of a body that is larger, after decompression, than the size limit. It does not leave the HTTP client. */
export class BodyTooLargeError extends Error {
  readonly code = 'BODY_TOO_LARGE';
}

/** The facts about a failed request that its classification needs. */
export interface FailedRequest {
  readonly system: RemoteSystem;
  readonly operation: string;
  readonly repeatable: boolean;
  /** Status of the incomplete response; null when no response began. */
  readonly status: number | null;
}

interface Meaning {
  /** The kind when nothing was sent, or when the request is repeatable. */
  readonly kind: RemoteErrorKind;
  readonly detail: string;
  /** True if the remote system may have processed the request. Then the kind of a write is `unsure`. */
  readonly sent: boolean;
}

const NOT_SENT = { kind: 'unavailable', sent: false } as const;
const WRONG_HOST = { kind: 'unreachable', sent: false } as const;
const INTERRUPTED = { kind: 'unavailable', sent: true } as const;
const NOT_THE_API = { kind: 'unexpected', sent: true } as const;

const MEANINGS = new Map<string, Meaning>([
  ['ENOTFOUND', { ...WRONG_HOST, detail: 'the host name does not exist' }],
  [
    'EAI_AGAIN',
    { ...NOT_SENT, detail: 'the host name could not be resolved, because the name server did not respond' },
  ],
  ['ECONNREFUSED', { ...NOT_SENT, detail: 'the connection was refused' }],
  ['EHOSTUNREACH', { ...NOT_SENT, detail: 'the host could not be reached' }],
  ['ENETUNREACH', { ...NOT_SENT, detail: 'the network could not be reached' }],
  [
    'ERR_INVALID_CHAR',
    { kind: 'unexpected', sent: false, detail: 'a header or credential contains a character that HTTP does not allow' },
  ],
  ['ECONNRESET', { ...INTERRUPTED, detail: 'the connection was closed before the response was complete' }],
  ['EPIPE', { ...INTERRUPTED, detail: 'the connection was closed while the request was sent' }],
  [
    'ERR_STREAM_PREMATURE_CLOSE',
    { ...INTERRUPTED, detail: 'the connection was closed before the response was complete' },
  ],
  ['ERR_ABORTED', { ...INTERRUPTED, detail: 'the request was cancelled' }],
  ['BODY_TOO_LARGE', { ...NOT_THE_API, detail: 'the response is larger than the size limit of Ledgerdesk' }],
]);

const BLOCKED: Meaning = {
  kind: 'blocked',
  sent: false,
  detail: 'Ledgerdesk does not call the host: its name resolves to an address that is not public',
};

const CERTIFICATE = /CERT|ALTNAME|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|^ERR_(TLS|SSL)|^EPROTO$/;

/** Converts an error of the HTTP client to a RemoteError. Only the code and the time limit of the original are kept. */
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
  if (CERTIFICATE.test(code)) return { ...WRONG_HOST, detail: 'the TLS connection could not be trusted' };
  if (code.startsWith('Z_') || code.startsWith('ERR_BROTLI') || code.startsWith('ERR__ERROR_FORMAT'))
    return { ...INTERRUPTED, detail: 'the compressed response is damaged or incomplete' };
  if (code.startsWith('HPE_')) return { ...NOT_THE_API, detail: 'the response is not HTTP' };
  return { ...NOT_THE_API, detail: 'the request failed' };
}

/**
 * got names the phase of an exceeded time limit in `event`. A timeout of the operating system has none, and is about
 * connecting.
 */
function timeLimit(error: unknown): Meaning {
  const phase = textMember(error, 'event') ?? 'connect';
  const connecting = phase === 'lookup' || phase === 'connect' || phase === 'secureConnect';
  if (connecting) return { ...NOT_SENT, detail: `the connection timed out (${phase})` };
  return { ...INTERRUPTED, detail: `the response timed out (${phase})` };
}

function codeOf(error: unknown): string {
  if (isBlockedAddress(error)) return 'EGRESS';
  const code = textMember(error, 'code') ?? 'ERR_UNKNOWN';
  return /^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? code : 'ERR_UNKNOWN';
}
