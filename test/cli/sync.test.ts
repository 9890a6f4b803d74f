import { afterEach, describe, expect, it } from '@jest/globals';
import { closeLoopbacks, startLoopback, type LoopbackHandler } from '../fixtures/loopback.ts';
import { runAnswer } from './answers.ts';
import { runCliAt, startCli, TOKEN } from './run-cli.ts';

afterEach(closeLoopbacks);

const started = { runId: 'run-1', workflowId: 'sync:contoso' };
const startsThen =
  (answer: LoopbackHandler): LoopbackHandler =>
  (request, raw) =>
    request.method === 'POST' ? { status: 202, body: started } : answer(request, raw);

describe('sync', () => {
  it('prints the run id alone on stdout and sends only what was asked for', async () => {
    const api = await startLoopback(startsThen(() => undefined));
    const { code, stdout } = await runCliAt(api.origin, ['sync', 'contoso', '--full', '--legal-entity', 'usmf']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'run-1\n' });
    expect(api.requests[0]?.url).toBe('/api/connections/contoso/sync');
    expect(JSON.parse(api.requests[0]?.body ?? '')).toEqual({ legalEntity: 'usmf', full: true });
  });

  it('prints the start as a document with --json', async () => {
    const api = await startLoopback(startsThen(() => undefined));
    const accepted = ['--accept-shrink', '--accept-limits'];
    const { stdout, stderr } = await runCliAt(api.origin, ['sync', 'contoso', ...accepted, '--json']);
    expect(JSON.parse(stdout)).toEqual(started);
    expect(stderr).toBe('');
    expect(JSON.parse(api.requests[0]?.body ?? '')).toEqual({ acceptShrink: true, acceptLimits: true });
  });
});

describe('sync --wait', () => {
  it('polls until the run has completed and prints it, exit 0', async () => {
    const running = runAnswer({ status: 'running', finishedAt: null });
    const api = await startLoopback(startsThen((_request, { nth }) => ({ body: nth < 4 ? running : runAnswer() })));
    const { code, stdout, stderr } = await runCliAt(api.origin, ['sync', 'contoso', '--wait', '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual(runAnswer());
    expect(api.requests.map(({ url }) => url).slice(1)).toEqual(Array(3).fill('/api/runs/run-1'));
  });

  it('exits 3 for a held run, and shows its plan and why it is held', async () => {
    const error = { code: 'limits_exceeded', message: 'See it: `ledgerdesk plan plan-1 --changes`.' };
    const held = runAnswer({ status: 'held', planId: 'plan-1', error });
    const api = await startLoopback(startsThen(() => ({ body: held })));
    const { code, stdout } = await runCliAt(api.origin, ['sync', 'contoso', '--wait']);
    expect(code).toBe(3);
    expect(stdout).toMatch(/^Status {6}held$/m);
    expect(stdout).toMatch(/^Plan {8}plan-1$/m);
    expect(stdout).toContain(error.message);
  });

  it.each(['failed', 'cancelled'] as const)(
    'exits 1 for a run that has %s, still with the run on stdout',
    async (status) => {
      const error = status === 'failed' ? { code: 'erp_down', message: 'The ERP is down.' } : null;
      const api = await startLoopback(startsThen(() => ({ body: runAnswer({ status, error }) })));
      const { code, stdout } = await runCliAt(api.origin, ['sync', 'contoso', '--wait', '--json']);
      expect(code).toBe(1);
      expect(JSON.parse(stdout)).toEqual(runAnswer({ status, error }));
    },
  );

  it('goes on waiting while the API restarts', async () => {
    const running = runAnswer({ status: 'running', finishedAt: null });
    const api = await startLoopback(
      startsThen((_request, { nth, response }) => {
        if (nth === 2) return { body: running };
        if (nth === 5) return { body: runAnswer() };
        if (nth === 4) return { status: 503, body: { error: { code: 'not_ready', message: 'Starting.' } } };
        response.destroy();
        return undefined;
      }),
    );
    const { code, stdout } = await runCliAt(api.origin, ['sync', 'contoso', '--wait', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(runAnswer());
    expect(api.requests).toHaveLength(5);
  });

  it('says that the run goes on when the API no longer takes the token, exit 1', async () => {
    const refused = { status: 401, body: { error: { code: 'unauthorized', message: 'The token was revoked.' } } };
    const api = await startLoopback(startsThen(() => refused));
    const { code, stdout } = await runCliAt(api.origin, ['sync', 'contoso', '--wait', '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      error: { code: 'unauthorized', message: expect.stringContaining('ledgerdesk cancel run-1'), runId: 'run-1' },
    });
  });

  it('does not say so of a run that the API does not know', async () => {
    const missing = { status: 404, body: { error: { code: 'not_found', message: 'There is no such run.' } } };
    const api = await startLoopback(startsThen(() => missing));
    const { code, stdout } = await runCliAt(api.origin, ['sync', 'contoso', '--wait', '--json']);
    expect([code, JSON.parse(stdout)]).toEqual([1, { error: missing.body.error }]);
  });

  it('stops waiting at Ctrl-C, says so, and leaves the run alone', async () => {
    let polled = (): void => undefined;
    const firstPoll = new Promise<void>((resolve) => (polled = resolve));
    const api = await startLoopback(
      startsThen(() => {
        polled();
        return undefined;
      }),
    );
    const env = { LEDGERDESK_URL: api.origin, LEDGERDESK_ADMIN_TOKEN: TOKEN };
    const command = startCli(['sync', 'contoso', '--wait'], env);
    await firstPoll;
    command.process.kill('SIGINT');
    const { code, stdout, stderr } = await command.ended;
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).toMatch(/^Stopped waiting\. The sync continues as run run-1\./);
    expect(api.requests).toHaveLength(2);
  });
});
