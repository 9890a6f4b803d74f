import { describe, expect, it } from '@jest/globals';
import { ok, runCheck, type Check } from '../../../../activities/connection/ping/check.ts';
import type { RemoteError } from '../../../../clients/errors.ts';
import { remoteError, type RemoteErrorFacts } from '../../../../clients/errors.ts';
import { ConnectionStateError } from '../../../../store/connection/connections.ts';
import { GateClosedError } from '../../../../store/connection/rate-gates.ts';

const failed: RemoteError[] = [];

/** Runs a check of F&O that does this. */
function run(work: Check['run'], members: Partial<Check> = {}) {
  failed.length = 0;
  return runCheck({ name: 'dynamics.user', system: 'dynamics', run: work, ...members }, (error) => failed.push(error));
}

/** Runs a check of F&O that fails with this. */
const runFailing = (error: Error, members?: Partial<Check>) => run(() => Promise.reject(error), members);

/** Returns an error of a request. */
const remote = (facts: Partial<RemoteErrorFacts>) =>
  remoteError({ system: 'dynamics', operation: 'read LegalEntities', kind: 'forbidden', detail: '', ...facts });

describe('a check that', () => {
  it('finds nothing to fix says what it found', async () => {
    expect(await run(() => Promise.resolve(ok('All is well.')))).toEqual({
      ...{ name: 'dynamics.user', system: 'dynamics', status: 'ok', detail: 'All is well.', fix: '' },
    });
  });

  it('finds something says how to fix it', async () => {
    const found = { status: 'warn', detail: 'Nearly.', fix: 'Do this.' } as const;
    expect(await run(() => Promise.resolve(found))).toMatchObject(found);
  });

  it('gets an error from its system fails with the answer, the request and the advice', async () => {
    const error = remote({ status: 403, code: 'ODataSecurityException', advice: 'Do this.' });
    const result = await runFailing(error);
    expect(result).toMatchObject({ system: 'dynamics', status: 'fail', fix: 'Do this.' });
    for (const part of ['403', 'ODataSecurityException', 'read LegalEntities']) expect(result.detail).toContain(part);
    expect(failed).toEqual([error]);
  });

  it('gets no answer says so', async () => {
    expect((await runFailing(remote({ kind: 'unreachable' }))).detail).toContain('no answer');
  });

  it('gets an error from another system than its own blames that one', async () => {
    expect(await runFailing(remote({ system: 'entra', kind: 'unauthorized' }))).toMatchObject({
      ...{ name: 'dynamics.user', system: 'entra', status: 'fail' },
    });
  });

  it('is optional is only worth a warning when it fails', async () => {
    expect(await runFailing(remote({}), { optional: true })).toMatchObject({ status: 'warn' });
  });

  it.each([
    remote({ kind: 'limited', status: 429 }),
    new GateClosedError({ system: 'dynamics', bucket: 'account', waitMs: 5_000 }),
  ])('is asked to wait has not failed: %p', async (error) => {
    const result = await runFailing(error);
    expect(result).toMatchObject({ system: 'dynamics', status: 'warn' });
    expect(result.fix).not.toBe('');
  });

  it('lacks the credential for F&O blames Entra, which would take it', async () => {
    const error = new ConnectionStateError('needs_authorization', 'Apply its file again.');
    expect(await runFailing(error)).toMatchObject({
      ...{ system: 'entra', status: 'fail', detail: 'Apply its file again.', fix: 'Apply its file again.' },
    });
    expect(await runFailing(error, { system: 'zendesk' })).toMatchObject({ system: 'zendesk', status: 'fail' });
  });

  it('meets a mistake of ours fails as a step', async () => {
    await expect(runFailing(new TypeError('rows is undefined'))).rejects.toThrow('rows is undefined');
    expect(failed).toEqual([]);
  });
});
