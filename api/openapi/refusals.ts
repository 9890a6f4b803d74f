import type { Endpoint } from '../admin/endpoint.ts';

/** Why a request is refused, by status. */
export const REFUSALS = {
  400: 'The request could not be read, or what it asks is malformed: `mistakes` names each member.',
  401: 'There is no valid bearer token.',
  403: 'The token does not have the scope that is needed.',
  404: 'There is nothing of this name.',
  409: 'It cannot be done as things stand: the sentence says what to do first.',
  413: 'The body is larger than 256 KiB.',
  415: 'The body is not JSON in UTF-8, or is encoded in another way than gzip, deflate or br.',
  422: 'The connection file is refused and nothing was changed: `mistakes` names each member.',
  429: 'Too many wrong tokens came from this address. A valid one is taken at any time.',
  500: 'It failed inside Ledgerdesk; its log says why.',
  502: 'One of the far systems did not do its part: the sentence says what to do.',
  503: 'The database or Temporal does not answer. Try again in a moment.',
  504: 'It has not ended within a minute and goes on; the sentence names its workflow.',
} as const;

type Status = keyof typeof REFUSALS;

/** Which statuses an endpoint may refuse with, in their order. */
export function refusalsOf({ params, query, body, file, scope, refusals }: Endpoint): readonly Status[] {
  const takesBody = body !== undefined || file !== undefined;
  const isJudged = takesBody || query !== undefined || Object.keys(params).length > 0;
  const found: Status[] = [
    ...(isJudged ? ([400] as const) : []),
    401,
    ...(scope === 'read' ? [] : ([403] as const)),
    ...(takesBody ? ([413, 415] as const) : []),
    ...refusals,
    429,
    500,
    503,
  ];
  return found.sort((one, other) => one - other);
}
