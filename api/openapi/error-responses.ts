import type { Endpoint } from '../admin/endpoint.ts';

/** The descriptions of the error responses, by status. */
export const ERROR_RESPONSES = {
  400: 'The request could not be read or is not valid. `mistakes` lists each invalid member.',
  401: 'The bearer token is missing or not valid.',
  403: 'The token does not have the required scope.',
  404: 'There is no such resource.',
  409: 'The request is not possible in the current state. The message says what to do first.',
  413: 'The body is larger than 256 KiB.',
  415: 'The body is not JSON in UTF-8, or its encoding is not gzip, deflate or br.',
  422: 'The connection file is not valid and nothing was changed. `mistakes` lists each invalid member.',
  429: 'This address has sent too many wrong tokens. A valid token is always accepted.',
  500: 'An internal error occurred. The log of the api process shows the cause.',
  502: 'A remote system failed or refused the request. The message says what to do.',
  503: 'The database or Temporal does not respond. Try again in a moment.',
  504: 'The workflow did not end within a minute and continues. The message names the workflow.',
} as const;

type Status = keyof typeof ERROR_RESPONSES;

/** Returns the error statuses of an endpoint in ascending order. */
export function errorStatusesOf({ params, query, body, file, scope, errors }: Endpoint): readonly Status[] {
  const hasBody = body !== undefined || file !== undefined;
  const isValidated = hasBody || query !== undefined || Object.keys(params).length > 0;
  const statuses: Status[] = [
    ...(isValidated ? ([400] as const) : []),
    401,
    ...(scope === 'read' ? [] : ([403] as const)),
    ...(hasBody ? ([413, 415] as const) : []),
    ...errors,
    429,
    500,
    503,
  ];
  return statuses.sort((left, right) => left - right);
}
