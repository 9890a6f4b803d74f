import {
  describeBody,
  isSuccess,
  kindOfStatus,
  looksLikeHtml,
  member,
  textMember,
  type AdviceNames,
  type ClassifyError,
  type ResponseToClassify,
} from '../classify.ts';
import type { RemoteErrorKind } from '../errors.ts';
import { infologOf } from './infolog.ts';
import { missingColumnIn } from './missing-column.ts';

const APPS_PAGE = 'System administration > Setup > Microsoft Entra ID applications';

/**
 * Classifies a failure of F&O: `{error: {code: "", message, innererror: {message, type, stacktrace}}}` from OData,
 * `{Message}` from the routing in front of OData, or the page of a gateway. An AxOData exception means that the data is
 * refused, even with status 500. The server's stack trace is never read.
 */
export const classifyDynamicsError: ClassifyError = (response) => {
  if (isSuccess(response.status)) return undefined;
  const error = member(response.body, 'error');
  const inner = member(error, 'innererror');
  const exception = textMember(inner, 'type')?.split('.').at(-1);
  const innermost = textMember(member(inner, 'internalexception'), 'message');
  const route = textMember(response.body, 'Message');
  const detail = textMember(inner, 'message') ?? innermost ?? messageOf(error) ?? route ?? describeBody(response);
  const kind = kindOf(response, exception, `${detail} ${innermost ?? ''}`);
  return {
    kind,
    code: exception ?? textMember(error, 'code') ?? codeOfOrigin(response, route !== undefined),
    detail: infologOf(detail),
    advice: adviceFor(kind, { detail, routed: route === undefined, names: response.names }),
  };
};

/** Returns `NoRoute` or `HtmlPage` when the request did not reach OData: the routing or a gateway responded instead. */
function codeOfOrigin(response: ResponseToClassify, noRoute: boolean): string | null {
  if (noRoute) return 'NoRoute';
  return response.status === 404 && looksLikeHtml(response) ? 'HtmlPage' : null;
}

/** Returns whether OData has answered, and not the routing or a gateway in front of it. */
export function isFromOData({ code }: { readonly code: string | null }): boolean {
  return code !== 'NoRoute' && code !== 'HtmlPage';
}

function messageOf(error: unknown): string | undefined {
  const message = member(error, 'message');
  return typeof message === 'string' ? message : textMember(message, 'value');
}

/** The messages come from Microsoft's samples and from live responses. A missing row on PATCH is a 400, not a 404. */
function kindOf(response: ResponseToClassify, exception: string | undefined, message: string): RemoteErrorKind {
  const byStatus = kindOfStatus(response);
  // F&O itself sends pages with a 401, so such a 401 must be confirmed like any other.
  if (response.status === 401) return 'unauthorized';
  if (byStatus === 'limited') return byStatus;
  // F&O rejects an app that is not mapped to a user before OData, with 401 or with this 403.
  if (response.status === 403 && /authorization has been denied/i.test(message)) return 'unauthorized';
  if (exception === 'ODataSecurityException') return 'forbidden';
  if (/update conflict|cannot edit a record in/i.test(message)) return 'conflict';
  if (/no resources were found when selecting for update/i.test(message)) return 'missing';
  return exception?.startsWith('AxOData') === true ? 'refused' : byStatus;
}

function adviceFor(
  kind: RemoteErrorKind,
  failure: { readonly detail: string; readonly routed: boolean; readonly names: AdviceNames },
): string | undefined {
  const app = failure.names.clientId === undefined ? 'the app' : `app ${failure.names.clientId}`;
  if (kind === 'unauthorized')
    return `Map ${app} in F&O under ${APPS_PAGE} to a user. Check that environmentUrl is the address of the same environment.`;
  if (kind === 'forbidden') {
    const [, verb, view] = /authorized to (\w+) view (\w+)/.exec(failure.detail) ?? [];
    if (verb === undefined || view === undefined)
      return `Map ${app} in F&O under ${APPS_PAGE} to a user whose roles allow this.`;
    return `Give the F&O user that ${app} is mapped to (${APPS_PAGE}) a role with the privilege to ${verb} ${view}.`;
  }
  const missing = missingColumnIn(failure.detail);
  if (missing !== undefined)
    return `The entity ${missing.type} of this F&O environment has no column ${missing.column}. Check the entity sets and fields in the connection file, or update the environment.`;
  if (kind === 'missing' && !failure.routed)
    return 'Check environmentUrl and the names of the entity sets in the connection. This environment has no such entity set.';
  return undefined;
}
