import {
  describeBody,
  isSuccess,
  kindOfStatus,
  looksLikeHtml,
  member,
  textMember,
  type AdviceNames,
  type ClassifyError,
  type FailedAnswer,
} from '../classify.ts';
import type { RemoteErrorKind } from '../errors.ts';
import { infologOf } from './infolog.ts';

const APPS_PAGE = 'System administration > Setup > Microsoft Entra ID applications';

/**
 * Reads a failure of F&O: `{error: {code: "", message, innererror: {message, type, stacktrace}}}`, `{Message}` from the
 * routing before OData, or a gateway's page. An AxOData exception is a refusal of the data even as a 500; the server's
 * stack is never read.
 */
export const classifyDynamicsError: ClassifyError = (answer) => {
  if (isSuccess(answer.status)) return undefined;
  const error = member(answer.body, 'error');
  const inner = member(error, 'innererror');
  const exception = textMember(inner, 'type')?.split('.').at(-1);
  const innermost = textMember(member(inner, 'internalexception'), 'message');
  const words = textMember(inner, 'message') ?? innermost;
  const route = textMember(answer.body, 'Message');
  const detail = words ?? messageOf(error) ?? route ?? describeBody(answer);
  const kind = kindOf(answer, exception, `${detail} ${innermost ?? ''}`);
  return {
    kind,
    code: exception ?? textMember(error, 'code') ?? codeOfPlace(answer, route !== undefined),
    detail: infologOf(detail),
    advice: adviceFor(kind, { detail, routed: route === undefined, names: answer.names }),
  };
};

/** Where the request never came to OData: `NoRoute` from the routing before it, `HtmlPage` from a server before that. */
function codeOfPlace(answer: FailedAnswer, noRoute: boolean): string | null {
  if (noRoute) return 'NoRoute';
  return answer.status === 404 && looksLikeHtml(answer) ? 'HtmlPage' : null;
}

function messageOf(error: unknown): string | undefined {
  const message = member(error, 'message');
  return typeof message === 'string' ? message : textMember(message, 'value');
}

/** The texts are those of Microsoft's samples and live answers; a missing row on PATCH is a 400, not a 404. */
function kindOf(answer: FailedAnswer, exception: string | undefined, words: string): RemoteErrorKind {
  const byStatus = kindOfStatus(answer);
  if (byStatus === 'limited' || answer.status === 401) return byStatus;
  // An app that is mapped to no user is turned away before OData, with 401 or with this 403.
  if (answer.status === 403 && /authorization has been denied/i.test(words)) return 'unauthorized';
  if (exception === 'ODataSecurityException') return 'forbidden';
  if (/update conflict|cannot edit a record in/i.test(words)) return 'conflict';
  if (/no resources were found when selecting for update/i.test(words)) return 'missing';
  return exception?.startsWith('AxOData') === true ? 'refused' : byStatus;
}

function adviceFor(
  kind: RemoteErrorKind,
  failure: { readonly detail: string; readonly routed: boolean; readonly names: AdviceNames },
): string | undefined {
  const app = failure.names.clientId === undefined ? 'the app' : `app ${failure.names.clientId}`;
  if (kind === 'unauthorized')
    return `Map ${app} in F&O under ${APPS_PAGE} to a user, and check that environmentUrl is the address of this very environment.`;
  if (kind === 'forbidden') {
    const [, verb, view] = /authorized to (\w+) view (\w+)/.exec(failure.detail) ?? [];
    if (verb === undefined || view === undefined)
      return `Map ${app} in F&O under ${APPS_PAGE} to a user whose roles allow this.`;
    return `Give the F&O user that ${app} is mapped to (${APPS_PAGE}) a role with the privilege to ${verb} ${view}.`;
  }
  if (kind === 'missing' && !failure.routed)
    return 'Check environmentUrl and the names of the entity sets in the connection: this environment offers no such set.';
  return undefined;
}
