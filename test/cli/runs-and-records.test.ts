import { afterEach, describe, expect, it } from '@jest/globals';
import { closeLoopbacks, startLoopback } from '../fixtures/loopback.ts';
import { REJECTED, runAnswer } from './answers.ts';
import { runCliAt } from './run-cli.ts';

afterEach(closeLoopbacks);

describe('runs, run and cancel', () => {
  it('list runs as an aligned table that says when it is not the whole', async () => {
    const items = [runAnswer({ runId: 'run-22', status: 'failed' }), runAnswer()];
    const api = await startLoopback(() => ({ body: { items, total: 7 } }));
    const { code, stdout } = await runCliAt(api.origin, ['runs', 'contoso', '--limit', '2']);
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      'RUN     STATUS     STARTED               DURATION   READ  CREATED  UPDATED  ADOPTED  UNCHANGED  SKIPPED  REJECTED',
      'run-22  failed     2026-11-24 10:00:00Z  3 min 5 s    12        4        3        2          1        1         1',
      'run-1   completed  2026-11-24 10:00:00Z  3 min 5 s    12        4        3        2          1        1         1',
      '(2 of 7)',
      '',
    ]);
  });

  it('show a run with its phases, requests and error; a failed run is shown with exit 0', async () => {
    const error = { code: 'erp_down', message: 'The ERP is\u001b[31m down.' };
    const api = await startLoopback(() => ({ body: runAnswer({ status: 'failed', error }) }));
    const { code, stdout } = await runCliAt(api.origin, ['run', 'run-1']);
    expect(code).toBe(0);
    expect(stdout).toContain('Duration    3 min 5 s, including 12 s of waiting for rate limits\n');
    expect(stdout).toContain('Requests    5 to Dynamics 365, 9 to Zendesk, 1 to Entra\n');
    expect(stdout).toContain('Error       The ERP is\u{fffd}[31m down. (erp_down)\n');
    expect(stdout).toMatch(/^usmf +customer +12 +4 +3 +2 +1 +1 +1$/m);
    expect(stdout).toMatch(/^all +12 +4 +3 +2 +1 +1 +1$/m);
    expect(stdout).toContain('ledgerdesk records contoso --state rejected');
  });

  it('show how many known records the reading lacked, and how to list them', async () => {
    const { totals } = runAnswer();
    const api = await startLoopback(() => ({ body: runAnswer({ totals: { ...totals, gone: 42 } }) }));
    const { stdout } = await runCliAt(api.origin, ['run', 'run-1']);
    expect(stdout).toContain('42 known records were not in what Dynamics 365 returned.');
    expect(stdout).toContain('ledgerdesk records contoso --state gone');
    const none = await startLoopback(() => ({ body: runAnswer() }));
    expect((await runCliAt(none.origin, ['run', 'run-1'])).stdout).not.toContain('gone');
  });

  it('show the notes of a run under its requests', async () => {
    const notes = [
      { code: 'bulk_user_import_off', message: 'Zendesk has not switched on\nbulk user import.' },
      { code: 'other', message: 'And another thing.' },
    ];
    const api = await startLoopback(() => ({ body: runAnswer({ notes }) }));
    const { stdout } = await runCliAt(api.origin, ['run', 'run-1']);
    expect(stdout).toContain(
      'to Entra\n' +
        'Note        Zendesk has not switched on bulk user import. (bulk_user_import_off)\n' +
        'Note        And another thing. (other)\n\n',
    );
    const asJson = await runCliAt(api.origin, ['run', 'run-1', '--json']);
    expect(JSON.parse(asJson.stdout)).toMatchObject({ notes });
  });

  it('cancel a run, and print what the API answers with --json', async () => {
    const api = await startLoopback(() => ({ body: { cancelling: true } }));
    const { code, stdout } = await runCliAt(api.origin, ['cancel', 'run-1', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ cancelling: true });
    expect(api.requests[0]).toMatchObject({ method: 'POST', url: '/api/runs/run-1/cancel' });
  });

  it('pass on the error of the API', async () => {
    const error = { code: 'not_found', message: 'There is no run "run-9".' };
    const api = await startLoopback(() => ({ status: 404, body: { error } }));
    const { code, stdout } = await runCliAt(api.origin, ['run', 'run-9', '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({ error });
  });
});

describe('records', () => {
  it('show under a rejected record why it is rejected and what to do', async () => {
    const written = { ...REJECTED, key: 'US-002', state: 'synced', code: null, message: null, action: null };
    const api = await startLoopback(() => ({ body: { items: [REJECTED, { ...written, zendeskId: 7 }], total: 2 } }));
    const { stdout } = await runCliAt(api.origin, ['records', 'contoso']);
    expect(stdout.split('\n')).toEqual([
      'LEGAL ENTITY  KIND      KEY     STATE     EXTERNAL ID  ZENDESK  LAST SYNCED',
      'usmf          customer  US-001  rejected  usmf:US-001',
      '    ambiguous_name: Two organizations are called "Contoso".',
      '    To do: Rename one of them in Zendesk.',
      'usmf          customer  US-002  synced    usmf:US-001  7',
      '',
    ]);
  });

  it('show the same under a record that is written, where there is a remark', async () => {
    const shared = { code: 'email_shared', message: 'Another contact came first.', action: 'Give it an address.' };
    const contact = { ...REJECTED, ...shared, kind: 'contact', key: '000902', state: 'created', zendeskId: '72' };
    const api = await startLoopback(() => ({ body: { items: [contact], total: 1 } }));
    const { stdout } = await runCliAt(api.origin, ['records', 'contoso', '--kind', 'contact']);
    expect(stdout).toMatch(/^usmf +contact +000902 +created +usmf:US-001 +72$/m);
    expect(stdout).toContain('    email_shared: Another contact came first.\n    To do: Give it an address.\n');
  });

  it('are asked for by state, kind, code and limit, and printed as answered with --json', async () => {
    const answer = { items: [REJECTED], total: 1 };
    const api = await startLoopback(() => ({ body: answer }));
    const filters = ['--state', 'rejected', '--kind', 'customer', '--code', 'ambiguous_name', '--limit', '5'];
    const { stdout } = await runCliAt(api.origin, ['records', 'contoso', ...filters, '--json']);
    expect(JSON.parse(stdout)).toEqual(answer);
    expect(api.requests[0]?.url).toBe(
      '/api/connections/contoso/records?state=rejected&kind=customer&code=ambiguous_name&limit=5',
    );
  });
});

describe('retry', () => {
  it('sends the code and the keys, and says where to see the result', async () => {
    const api = await startLoopback(() => ({ status: 202, body: { retried: 2, runId: 'run-2', workflowIds: ['w'] } }));
    const { code, stdout } = await runCliAt(api.origin, [
      'retry',
      'contoso',
      '--code',
      'x',
      'US-001',
      'usmf/vendor/V1',
    ]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: '2 records are being retried. To see the run, run: ledgerdesk run run-2\n',
    });
    expect(JSON.parse(api.requests[0]?.body ?? '')).toEqual({ code: 'x', keys: ['US-001', 'usmf/vendor/V1'] });
  });

  it('without keys asks for all, and says when there is nothing to retry', async () => {
    const api = await startLoopback(() => ({ body: { retried: 0, runId: null, workflowIds: [] } }));
    const { stdout } = await runCliAt(api.origin, ['retry', 'contoso']);
    expect(stdout).toBe('No rejected records match. Nothing is retried.\n');
    expect(api.requests[0]?.body).toBe('{}');
  });
});
