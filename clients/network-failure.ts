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
  /** What the operator should do; by default the general advice of the kind. */
  readonly advice?: string;
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

const UNTRUSTED =
  'Check the address in the connection. If a proxy or your own certificate authority issued the certificate, set NODE_EXTRA_CA_CERTS to a file with the certificate of that authority for the api and every worker, and restart them.';

const CERTIFICATE = /CERT|ALTNAME|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|^ERR_(TLS|SSL)|^EPROTO$/;

const PROXY = 'the proxy in HTTPS_PROXY';
const CHECK_PROXY =
  'Check that HTTPS_PROXY names the proxy of your network, that the proxy works, and that this machine can reach it.';

/** The meaning of a failure before the proxy opened a connection, by its code (`proxy-agent.ts`). */
function proxyFailure(code: string): Meaning {
  if (code === 'PROXY_407')
    return {
      ...WRONG_HOST,
      detail: `${PROXY} requires other credentials`,
      advice:
        'Put the user name and the password for the proxy into HTTPS_PROXY (http://user:password@host:port), then restart Ledgerdesk.',
    };
  if (/^PROXY_[1-4]\d\d$/.test(code))
    return {
      ...WRONG_HOST,
      detail: `${PROXY} does not allow a connection to the host`,
      advice:
        'Ask the administrators of your network to allow the host in the proxy. If this machine may reach the host directly, add the host to NO_PROXY and restart Ledgerdesk.',
    };
  if (/^PROXY_\d+$/.test(code))
    return {
      ...NOT_SENT,
      detail: `${PROXY} could not connect to the host`,
      advice: 'Check the address in the connection, and whether the proxy of your network can reach it.',
    };
  const isWrong = code === 'PROXY_ENOTFOUND' || CERTIFICATE.test(code);
  return { ...(isWrong ? WRONG_HOST : NOT_SENT), detail: `${PROXY} could not be reached`, advice: CHECK_PROXY };
}

/** Converts an error of the HTTP client to a RemoteError. Only the code and the time limit of the original are kept. */
export function networkFailure(error: unknown, request: FailedRequest): RemoteError {
  const code = codeOf(error);
  const { kind, detail, sent, advice } = meaningOf(code, error);
  return remoteError({
    system: request.system,
    operation: request.operation,
    kind: sent && !request.repeatable ? 'unsure' : kind,
    status: request.status,
    code,
    detail: `${detail}.`,
    ...(advice === undefined ? {} : { advice }),
  });
}

function meaningOf(code: string, error: unknown): Meaning {
  if (code === 'EGRESS') return BLOCKED;
  if (code.startsWith('PROXY_')) return proxyFailure(code);
  const known = MEANINGS.get(code);
  if (known !== undefined) return known;
  if (code === 'ETIMEDOUT') return timeLimit(error);
  if (CERTIFICATE.test(code))
    return { ...WRONG_HOST, detail: 'the TLS connection could not be trusted', advice: UNTRUSTED };
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
