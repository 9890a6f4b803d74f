import { describe, expect, it } from '@jest/globals';
import {
  ACCOUNT_MISSING,
  missingPrivilege,
  NO_ROOM,
  refusedWrite,
} from '../../../activities/support/annotation-problem.ts';
import { remoteError, type RemoteErrorKind, type RemoteSystem } from '../../../clients/errors.ts';

const failed = (kind: RemoteErrorKind, system: RemoteSystem = 'dynamics') =>
  remoteError({ system, operation: 'write fields of CustomersV3', kind, detail: 'No such group.', advice: 'Do this.' });

describe('a missing privilege', () => {
  it('contains the operation and the advice, with the same text for all accounts', () => {
    const problem = missingPrivilege(failed('forbidden'));
    expect(problem?.code).toBe('missing_privilege');
    expect(problem?.message).toContain('write fields of CustomersV3');
    expect(problem?.message).toContain('Do this.');
    expect(problem?.message).not.toContain('No such group.');
  });

  it.each([
    failed('refused'),
    failed('unauthorized'),
    failed('forbidden', 'zendesk'),
    new Error('forbidden'),
    undefined,
  ])('is not the reason of this error: %p', (error) => {
    expect(missingPrivilege(error)).toBeUndefined();
  });
});

describe('a refused write', () => {
  it('contains the message of F&O about the account', () => {
    const problem = refusedWrite(failed('refused'));
    expect(problem?.code).toBe('annotation_refused');
    expect(problem?.message).toContain('No such group.');
  });

  it.each([failed('forbidden'), failed('conflict'), failed('refused', 'entra'), new Error('refused'), null])(
    'is not the reason of this error: %p',
    (error) => {
      expect(refusedWrite(error)).toBeUndefined();
    },
  );
});

describe('the problems of single accounts', () => {
  it('have distinct codes', () => {
    expect([NO_ROOM.code, ACCOUNT_MISSING.code]).toEqual(['annotation_no_room', 'account_missing']);
  });
});
