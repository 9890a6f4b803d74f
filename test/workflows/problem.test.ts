import { describe, expect, it } from '@jest/globals';
import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure, TerminatedFailure } from '@temporalio/common';
import { endsTheRun, problemOf, runError } from '../../workflows/problem.ts';

const execution = { workflowId: 'legal-entity-sync/acme/usmf/run-1/read', runId: 'r' };
const asStep = (cause: Error) =>
  new ActivityFailure('Activity task failed', 'planChanges', '1', 'NON_RETRYABLE_FAILURE', undefined, cause);
const asChild = (cause: Error) =>
  new ChildWorkflowFailure('acme', execution, 'syncLegalEntity', 'NON_RETRYABLE_FAILURE', cause);

describe('the problem of a failed step or child', () => {
  it('is the failure that caused it, through a child and its step', () => {
    const cause = ApplicationFailure.nonRetryable('Give the privilege.', 'missing_privilege');
    const problem = { code: 'missing_privilege', message: 'Give the privilege.' };
    expect(problemOf(cause)).toEqual(problem);
    expect(problemOf(asStep(cause))).toEqual(problem);
    expect(problemOf(asChild(asStep(cause)))).toEqual(problem);
  });

  it('has a general code when the cause has none', () => {
    expect(problemOf(asChild(new TerminatedFailure('Workflow execution terminated')))).toEqual({
      code: 'failed',
      message: 'Workflow execution terminated',
    });
    expect(problemOf('odd')).toEqual({ code: 'failed', message: 'The step failed with an unknown error.' });
  });
});

describe('the error of a run', () => {
  const shrunk = { code: 'entity_shrank', message: 'USMF shrank.' };
  const denied = { code: 'missing_privilege', message: 'FRRT is not readable.' };
  const ending = { code: 'needs_reconnect', message: 'Connect again.' };

  it('is nothing without a problem, and its only problem', () => {
    expect(runError([])).toBeNull();
    expect(runError([shrunk])).toEqual(shrunk);
  });

  it('has the code of the first problem and the messages of all', () => {
    expect(runError([shrunk, denied])).toEqual({
      code: 'entity_shrank',
      message: 'USMF shrank. FRRT is not readable.',
    });
  });

  it('says the same problem once, however many legal entities have it', () => {
    const said = (id: string) => ({
      code: 'missing_privilege',
      message: `Dynamics 365: 403 to "read CustomersV3" (request ${id}). Give it the privilege.`,
    });
    expect(runError([said('a-1'), said('b-2'), said('c-3')])).toEqual(said('a-1'));
  });

  it('is only the problem that ended the run', () => {
    expect(runError([shrunk, ending, denied])).toEqual(ending);
  });

  it.each([
    ['needs_reconnect', true],
    ['connection_missing', true],
    ['needs_authorization', true],
    ['entity_shrank', false],
    ['unreachable', false],
  ])('of the code %s ends the run at once: %p', (code, ends) => {
    expect(endsTheRun({ code, message: '' })).toBe(ends);
  });
});
