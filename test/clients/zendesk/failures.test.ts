import { afterEach, describe, expect, it } from '@jest/globals';
import type { RemoteErrorKind } from '../../../clients/errors.ts';
import { closeLoopbacks, startLoopback, type LoopbackReply } from '../../fixtures/loopback.ts';
import { failureOf, httpTo } from '../kit.ts';

afterEach(closeLoopbacks);

async function failureFor(
  reply: LoopbackReply,
  buckets: readonly string[] = ['account'],
): ReturnType<typeof failureOf> {
  const server = await startLoopback(() => reply);
  const url = `${server.origin}/api/v2/x`;
  return failureOf(httpTo(server, 'zendesk').request({ operation: 'read', method: 'GET', url, buckets }));
}

describe('a refusal of Zendesk', () => {
  const cases: readonly (readonly [LoopbackReply, RemoteErrorKind, string | null, string])[] = [
    [
      { status: 400, body: { error: { title: 'Invalid attribute', message: 'page must be an integer' } } },
      'refused',
      'Invalid attribute',
      'page must be an integer',
    ],
    [
      { status: 400, body: { errors: [{ code: 'InvalidPaginationDepth', title: 'Too deep', detail: 'Past 100' }] } },
      'refused',
      'InvalidPaginationDepth',
      'Past 100',
    ],
    [
      {
        status: 400,
        body: { error: 'TooManyValues', description: 'Parameter  cannot specify more than 100 values', max_count: 100 },
      },
      'refused',
      'TooManyValues',
      'Parameter cannot specify more than 100 values',
    ],
    [
      { status: 401, body: { error: "Couldn't authenticate you" } },
      'unauthorized',
      "Couldn't authenticate you",
      "Couldn't authenticate you",
    ],
    [
      { status: 401, body: { error: 'invalid_token', error_description: 'The access token provided is expired' } },
      'unauthorized',
      'invalid_token',
      'The access token provided is expired',
    ],
    [
      { status: 403, body: { error: { title: 'Forbidden', message: 'You do not have access' } } },
      'forbidden',
      'Forbidden',
      'You do not have access',
    ],
    [
      { status: 403, body: { error: 'Forbidden', description: 'You are missing the following required scopes: read' } },
      'forbidden',
      'Forbidden',
      'You are missing the following required scopes: read',
    ],
    ...[401, 403].map(
      (status) =>
        [
          { status, headers: { 'content-type': 'text/html' }, body: '<html>Just a moment...</html>' },
          'unavailable',
          null,
          'an HTML page instead of a response of the API',
        ] as const,
    ),
    [
      { status: 403, headers: { 'cf-mitigated': 'challenge' }, body: {} },
      'unavailable',
      null,
      'a response without a message',
    ],
    [{ status: 403, body: 'error code: 1020' }, 'unavailable', null, 'error code: 1020'],
    [
      { status: 404, body: { error: 'RecordNotFound', description: 'Not found' } },
      'missing',
      'RecordNotFound',
      'Not found',
    ],
    [
      { status: 404, body: { error: 'InvalidEndpoint', description: 'Not found' } },
      'missing',
      'InvalidEndpoint',
      'Not found',
    ],
    [{ status: 404, body: {} }, 'missing', null, 'a response without a message'],
    [
      { status: 404, headers: { 'content-type': 'text/html' }, body: '<html></html>' },
      'missing',
      null,
      'an HTML page instead of a response of the API',
    ],
    [
      { status: 409, body: { error: 'DatabaseConflict', description: 'Database collision' } },
      'conflict',
      'DatabaseConflict',
      'Database collision',
    ],
    [
      {
        status: 422,
        body: {
          error: 'RecordInvalid',
          description: 'Record validation errors',
          details: {
            name: [{ description: 'Name: X has already been taken', error: 'DuplicateValue' }],
            base: [{ description: 'Odd', type: 'blank' }],
          },
        },
      },
      'refused',
      'RecordInvalid',
      'name: Name: X has already been taken (DuplicateValue); base: Odd (blank)',
    ],
    [
      { status: 422, body: { error: 'RecordInvalid', details: 'Name: X has already been taken' } },
      'refused',
      'RecordInvalid',
      'Name: X has already been taken',
    ],
    [
      { status: 422, body: 'Too recent start_time. Use a start_time older than 60 seconds' },
      'refused',
      null,
      'Too recent start_time. Use a start_time older than 60 seconds',
    ],
    [
      { status: 500, headers: { 'content-type': 'text/html' }, body: '<!DOCTYPE html><title>520</title>' },
      'unavailable',
      null,
      'an HTML page instead of a response of the API',
    ],
    [
      { status: 503, body: { error: 'unavailable', description: 'Search is down' } },
      'unavailable',
      'unavailable',
      'Search is down',
    ],
  ];
  it.each(cases)('%j is read as %s', async (...[reply, kind, code, detail]) => {
    expect(await failureFor(reply)).toMatchObject({
      kind,
      code,
      detail,
      status: reply.status,
      bucket: null,
      retryAfterMs: null,
    });
  });

  it('has an advice for a wrong subdomain, a token without privileges and a token that is not valid', async () => {
    expect((await failureFor({ status: 404, body: {} })).advice).toContain('Check subdomain and baseUrl');
    expect((await failureFor({ status: 404, body: { error: 'RecordNotFound' } })).advice).not.toContain('subdomain');
    expect((await failureFor({ status: 403, body: {} })).advice).toContain('scopes read and write');
    expect((await failureFor({ status: 401, body: {} })).advice).toContain('ledgerdesk connection authorize ID');
  });
});

describe('too many requests to Zendesk', () => {
  const organization = ['account', 'organization:77'];
  const endpoint = (name: string): Record<string, string> => ({
    [`zendesk-ratelimit-${name}`]: 'total=5; remaining=0; resets=9',
  });
  const cases: readonly (readonly [LoopbackReply, readonly string[], string])[] = [
    [
      {
        status: 429,
        body: { error: 'APIRateLimitExceeded', description: 'Number of allowed API requests per minute exceeded' },
      },
      ['account'],
      'account',
    ],
    [
      {
        status: 429,
        headers: { 'content-type': 'text/plain' },
        body: 'Number of allowed API requests per minute exceeded',
      },
      ['account'],
      'account',
    ],
    [
      {
        status: 429,
        body: {
          error: 'APIRateLimitExceeded',
          description: 'Number of allowed incremental export API requests per minute exceeded',
        },
      },
      ['account', 'incremental'],
      'incremental',
    ],
    [
      { status: 429, body: { errors: [{ code: 'TooManyRequests', title: 'Too many requests to update' }] } },
      organization,
      'organization:77',
    ],
    [
      { status: 429, body: { errors: [{ code: 'TooManyRequests', title: 'Too many requests to update' }] } },
      ['account'],
      'account',
    ],
    [
      { status: 429, body: { error: 'TooManyJobs', description: 'Too many jobs', current_job_ids: [] } },
      ['account', 'jobs'],
      'jobs',
    ],
    [
      { status: 400, body: { error: 'TooManyJobs', description: 'Too many jobs', current_job_ids: [] } },
      ['account', 'jobs'],
      'jobs',
    ],
    [
      { status: 200, body: { error: 'TooManyJobs', description: 'Too many jobs', current_job_ids: [] } },
      ['account', 'jobs'],
      'jobs',
    ],
    [
      {
        status: 429,
        body: { detail: 'Rate limited by Zendesk edge protection', status: '429', title: 'Automated response' },
      },
      ['account'],
      'account',
    ],
    [{ status: 429, headers: endpoint('inflight-jobs'), body: {} }, ['account'], 'jobs'],
    [{ status: 429, headers: endpoint('incremental-exports'), body: {} }, ['account'], 'incremental'],
    [{ status: 429, headers: endpoint('create-update-user'), body: {} }, ['account'], 'user-write'],
    [{ status: 429, headers: endpoint('organization-updates'), body: {} }, organization, 'organization:77'],
    [{ status: 429, headers: endpoint('tickets-index'), body: {} }, ['account'], 'account'],
    [
      { status: 429, headers: { 'zendesk-ratelimit-inflight-jobs': 'total=30; remaining=29; resets=60' }, body: {} },
      ['account', 'jobs'],
      'account',
    ],
    [{ status: 503, headers: { 'retry-after': '4' }, body: 'Database timeout' }, ['account'], 'account'],
  ];
  it.each(cases)('%j with buckets %j closes %s', async (reply, buckets, bucket) => {
    expect(await failureFor(reply, buckets)).toMatchObject({ kind: 'limited', bucket });
  });
});
