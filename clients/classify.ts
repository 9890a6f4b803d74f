import type { RemoteSystem, RemoteErrorKind, Bucket } from './errors.ts';
import { parseUrl } from './parse-url.ts';

/** Response headers by lower-case name. The values of a repeated header are joined by a comma. */
export type ResponseHeaders = Readonly<Record<string, string>>;

/**
 * Names that the advice about a failure may contain: the app, its tenant and the F&O environment. None of them is
 * secret.
 */
export interface AdviceNames {
  readonly clientId?: string;
  readonly tenantId?: string;
  readonly environment?: string;
}

/** The input of a classifier. `body` is the parsed JSON, undefined when there is none; `text` is the raw body. */
export interface ResponseToClassify {
  readonly system: RemoteSystem;
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly body: unknown;
  readonly text: string;
  readonly buckets: readonly Bucket[];
  /** True if the request can be sent again safely, because it reads or is idempotent. */
  readonly repeatable: boolean;
  readonly names: AdviceNames;
}

/** The meaning of a failed response. `detail` and `code` are not redacted yet. */
export interface Classification {
  readonly kind: RemoteErrorKind;
  readonly code: string | null;
  readonly detail: string;
  readonly requestId?: string | undefined;
  readonly bucket?: Bucket | undefined;
  readonly advice?: string | undefined;
}

/** Classifies a response of one system. Returns undefined when it is not a failure. */
export type ClassifyError = (response: ResponseToClassify) => Classification | undefined;

const BY_STATUS = new Map<number, RemoteErrorKind>([
  [400, 'refused'],
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'missing'],
  [408, 'unavailable'],
  [409, 'conflict'],
  [410, 'missing'],
  [412, 'conflict'],
  [413, 'refused'],
  [414, 'refused'],
  [422, 'refused'],
  [425, 'unavailable'],
  [429, 'limited'],
]);

/** Returns whether a status is 2xx. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/**
 * Returns the kind of a failed status, when nothing else is known. A 503 with a Retry-After is a limit, not an outage. A
 * 401 or 403 from the edge in front of the API is an outage: the request has not reached what checks credentials.
 */
export function kindOfStatus(
  response: Pick<ResponseToClassify, 'status' | 'headers' | 'repeatable' | 'text'>,
): RemoteErrorKind {
  const { status, headers, repeatable } = response;
  if ((status === 401 || status === 403) && isFromEdge(response)) return 'unavailable';
  if (status === 503 && headers['retry-after'] !== undefined) return 'limited';
  if (status >= 500) return repeatable ? 'unavailable' : 'unsure';
  return BY_STATUS.get(status) ?? 'unexpected';
}

/**
 * Returns whether a gateway or a bot check refused a request, instead of the API: with a web page (node-zendesk issue
 * 236), with Cloudflare's header of a challenge, or with Cloudflare's text "error code: 1020".
 */
function isFromEdge(response: Pick<ResponseToClassify, 'headers' | 'text'>): boolean {
  return (
    looksLikeHtml(response) ||
    response.headers['cf-mitigated'] !== undefined ||
    /^\s*error code: 1\d{3}\s*$/i.test(response.text)
  );
}

/** Describes a response whose body contains no readable message. */
export function describeBody(response: Pick<ResponseToClassify, 'status' | 'headers' | 'body' | 'text'>): string {
  const { status, headers, body, text } = response;
  const location = headers['location'];
  if (status >= 300 && status < 400)
    return `a redirect${location === undefined ? '' : ` to ${hostOf(location)}`}, which Ledgerdesk does not follow`;
  if (text.trim() === '') return 'an empty response';
  if (looksLikeHtml(response)) return 'an HTML page instead of a response of the API';
  return body === undefined && !/^\s*[{[]/.test(text) ? text : 'a response without a message';
}

function hostOf(location: string): string {
  return parseUrl(location)?.host ?? 'another page';
}

/** Returns whether a body is a web page. Gateways, sign-in pages and unknown subdomains send these. */
export function looksLikeHtml(response: { readonly headers: ResponseHeaders; readonly text: string }): boolean {
  return /^\s*<(?!\?xml)/i.test(response.text) || (response.headers['content-type'] ?? '').includes('text/html');
}

/** Returns a member of a value of unknown shape; undefined when there is no such member. */
export function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

/** Returns a member that is a string; undefined when it is absent, empty or of another type. */
export function textMember(value: unknown, name: string): string | undefined {
  const found = member(value, name);
  return typeof found === 'string' && found.trim() !== '' ? found : undefined;
}
