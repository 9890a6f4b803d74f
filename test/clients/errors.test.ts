import { describe, expect, it } from '@jest/globals';
import { generalAdvice, remoteError, type RemoteErrorFacts } from '../../clients/errors.ts';

const FACTS: Pick<RemoteErrorFacts, 'operation' | 'kind' | 'detail'> = {
  operation: 'read things',
  kind: 'unavailable',
  detail: 'the connection was refused.',
};

describe('the error of a remote system', () => {
  it.each([
    ['entra', 'Microsoft Entra'],
    ['dynamics', 'Dynamics 365'],
    ['zendesk', 'Zendesk'],
  ] as const)('of %s contains "%s" in its message and its advice', (system, name) => {
    const error = remoteError({ ...FACTS, system });
    expect(error.message).toBe(`The ${name} request "read things" failed: the connection was refused.`);
    expect(error.advice).toContain(`check whether ${name} is down`);
    expect(generalAdvice(system, 'unauthorized')).toBe(
      `Check the credentials for ${name} in the connection file, then run \`ledgerdesk connection apply FILE\`.`,
    );
  });

  it.each([
    [{ code: 'ECONNREFUSED' }, 'failed (ECONNREFUSED): '],
    [{ status: 503 }, 'failed with 503: '],
    [{ status: 503, code: 'Down', requestId: 'r-1' }, 'failed with 503 Down (request r-1): '],
  ])('with %j is one sentence', (more, end) => {
    const { message } = remoteError({ ...FACTS, system: 'zendesk', ...more });
    expect(message).toBe(`The Zendesk request "read things" ${end}${FACTS.detail}`);
  });
});
