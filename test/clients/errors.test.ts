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
  ] as const)('of %s says "%s" in its message and its advice', (system, name) => {
    const error = remoteError({ ...FACTS, system });
    expect(error.message).toBe(`${name} gave no usable answer to "read things": the connection was refused.`);
    expect(error.advice).toContain(`check whether ${name} is down`);
    expect(generalAdvice(system, 'unauthorized')).toBe(
      `Check the credentials for ${name} in the connection and apply it again.`,
    );
  });

  it.each([
    [{ code: 'ECONNREFUSED' }, 'Zendesk gave no usable answer to "read things" (ECONNREFUSED): '],
    [{ status: 503 }, 'Zendesk answered "read things" with 503: '],
    [{ status: 503, code: 'Down', requestId: 'r-1' }, 'Zendesk answered "read things" with 503 Down (request r-1): '],
  ])('with %j is one sentence', (more, beginning) => {
    expect(remoteError({ ...FACTS, system: 'zendesk', ...more }).message).toBe(`${beginning}${FACTS.detail}`);
  });
});
