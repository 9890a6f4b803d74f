import { describe, expect, it } from '@jest/globals';
import { runError } from '../../workflows/problem.ts';

const problem = (message: string, code = 'missing_privilege') => ({ code, message });

describe('the error of a run', () => {
  it('says the same problem once, however many legal entities have it', () => {
    const said = (id: string) =>
      problem(`Dynamics 365: 403 to "read CustomersV3" (request ${id}). Give it the privilege.`);
    expect(runError([said('a-1'), said('b-2'), said('c-3')])).toEqual(said('a-1'));
  });

  it('says each different problem', () => {
    expect(runError([problem('One.'), problem('Two.', 'unreachable'), problem('One.')])).toEqual(problem('One. Two.'));
  });

  it('is only what ends the whole run, if something does', () => {
    const ending = problem('Apply it.', 'needs_reconnect');
    expect([runError([problem('One.'), ending]), runError([])]).toEqual([ending, null]);
  });
});
