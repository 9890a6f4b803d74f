import type { RemoteSystem, RemoteErrorKind, Bucket } from './errors.ts';
import { parseUrl } from './parse-url.ts';

/** Response headers by lower-case name; repeated ones are joined by a comma. */
export type AnswerHeaders = Readonly<Record<string, string>>;

/** What an advice may name: the app, its tenant, the F&O environment. None of them is secret. */
export interface AdviceNames {
  readonly clientId?: string;
  readonly tenantId?: string;
  readonly environment?: string;
}

/** An answer as a system's judge sees it. `body` is the parsed JSON, undefined when there is none; `text` the raw body. */
export interface FailedAnswer {
  readonly system: RemoteSystem;
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body: unknown;
  readonly text: string;
  readonly buckets: readonly Bucket[];
  /** Whether the request may simply be sent again (it reads, or its effect is the same). */
  readonly repeatable: boolean;
  readonly names: AdviceNames;
}

/** Why an answer is a failure. `detail` and `code` are raw here; they are redacted when the error is built. */
export interface Verdict {
  readonly kind: RemoteErrorKind;
  readonly code: string | null;
  readonly detail: string;
  readonly requestId?: string | undefined;
  readonly bucket?: Bucket | undefined;
  readonly advice?: string | undefined;
}

/** Reads one system's failures; undefined when the answer is none. */
export type ClassifyError = (answer: FailedAnswer) => Verdict | undefined;

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

/** Whether a status says that the request was done. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** What a failed status means where nothing more is known. A 503 that says when to come back is a limit, not an outage. */
export function kindOfStatus(answer: Pick<FailedAnswer, 'status' | 'headers' | 'repeatable'>): RemoteErrorKind {
  const { status, headers, repeatable } = answer;
  if (status === 503 && headers['retry-after'] !== undefined) return 'limited';
  if (status >= 500) return repeatable ? 'unavailable' : 'unsure';
  return BY_STATUS.get(status) ?? 'unexpected';
}

/** Says in words what came where the body holds no message that could be read. */
export function describeBody(answer: Pick<FailedAnswer, 'status' | 'headers' | 'body' | 'text'>): string {
  const { status, headers, body, text } = answer;
  const location = headers['location'];
  if (status >= 300 && status < 400)
    return `a redirect${location === undefined ? '' : ` to ${hostOf(location)}`}, which an API does not give`;
  if (text.trim() === '') return 'an empty answer';
  if (looksLikeHtml(answer)) return 'an HTML page instead of an answer of the API';
  return body === undefined && !/^\s*[{[]/.test(text) ? text : 'an answer without a message';
}

function hostOf(location: string): string {
  return parseUrl(location)?.host ?? 'another page';
}

/** Whether a body is a web page, as gateways, log-in pages and unknown subdomains send. */
export function looksLikeHtml(answer: { readonly headers: AnswerHeaders; readonly text: string }): boolean {
  return /^\s*<(?!\?xml)/i.test(answer.text) || (answer.headers['content-type'] ?? '').includes('text/html');
}

/** A member of a JSON object whose shape is not known; undefined when there is no such member. */
export function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

/** The same for a member that should be a text; an empty one counts as absent. */
export function textMember(value: unknown, name: string): string | undefined {
  const found = member(value, name);
  return typeof found === 'string' && found.trim() !== '' ? found : undefined;
}
