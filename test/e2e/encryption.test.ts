import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '@temporalio/client';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { createLog } from '../../runtime/log/log.ts';
import { findTemporal } from '../../runtime/temporal/temporal-binary.ts';
import { workflowBundle } from '../../workers/bundle.ts';
import { workerDataConverter } from '../../workers/data-converter.ts';
import { ADMIN_TOKEN } from '../fixtures/api-process.ts';
import { createErpIngress } from '../fixtures/erp-ingress.ts';
import { bytesAsText, findPayloads, inClear, type FoundPayload, type History } from '../fixtures/payloads.ts';
import { createPeople } from '../fixtures/people.ts';
import { readable } from '../fixtures/readable.ts';
import { until } from '../fixtures/stops.ts';
import { WRONG_TOKEN } from '../fixtures/credential-failures.ts';
import { readPayload, readWaits } from '../fixtures/waits.ts';
import { connectionFile } from '../fixtures/connection-file.ts';
import { setUpWorldWithApi } from '../fixtures/set-up-world.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/operating.md'), 'utf8');
const execute = promisify(execFile);

const PATCH = ['deprecated', 'id'];
const NAMES_AND_TIMES = [
  ...['activity_id', 'activity_type', 'attempt', 'backoff', 'complete_time', 'original_schedule_time', 'seq'],
];

describe('Temporal under configured keys', () => {
  const { world, api } = setUpWorldWithApi({ encrypted: true });
  const people = createPeople(world);
  let temporal: string;
  /** A client without keys: it sees what anyone with access to Temporal sees. */
  let keyless: Client;
  let histories: { id: string; type: string; history: History }[];

  beforeAll(async () => {
    temporal = await findTemporal({ env: process.env, log: createLog({ level: 'error' }).log });
    const { connection, options } = world.client;
    keyless = new Client({ connection, namespace: options.namespace });
    await people.account('usmf', 'US-001');
    await people.contact('usmf', '000001', { account: 'US-001', name: 'Ada Lane', email: 'ada@example.com' });
    const file = connectionFile(world.sandbox, { id: 'contoso', dynamics: { legalEntities: ['usmf'] } });
    expect(await api.request('POST', '/api/connections', file)).toMatchObject({ status: 200 });
  });

  const cli = async (command: string, env: Readonly<Record<string, string>> = {}): Promise<string> => {
    const all = {
      PATH: `${dirname(temporal)}:/usr/bin:/bin`,
      HOME: process.env['HOME'] ?? '',
      TEMPORAL_ADDRESS: process.env['TEST_TEMPORAL_ADDRESS'] ?? '',
      TEMPORAL_NAMESPACE: world.client.options.namespace,
      ...env,
    };
    return (await execute('/bin/sh', ['-c', command], { env: all, timeout: 60_000 })).stdout;
  };
  const move = (city: string) => people.edits.customer('usmf', 'US-001', { AddressCity: city });
  const startByApi = async (): Promise<string> => {
    const { status, body } = await api.request('POST', '/api/connections/contoso/sync', {});
    expect(status).toBe(202);
    return (body as { runId: string }).runId;
  };

  it('runs a sync that the API starts, and one that begins with an input in clear', async () => {
    const runId = await startByApi();
    // Joined by the scope in its memo, which only a client with the keys can read.
    expect(await api.request('POST', '/api/connections/contoso/sync', {})).toMatchObject({ body: { runId } });
    expect(await world.ended(runId)).toMatchObject({ status: 'completed', totals: { read: 2, created: 2 } });
    await move('Renton');
    await cli(
      'temporal workflow start --type syncMasterData --task-queue ledgerdesk ' +
        `--workflow-id by-hand --input '{"connectionId": "contoso"}'`,
    );
    const result: unknown = await world.client.workflow.getHandle('by-hand').result();
    expect(result).toMatchObject({ totals: { read: 2, updated: 1, unchanged: 1 } });
  });

  it('handles an event', async () => {
    await move('Tacoma');
    const ingress = await createErpIngress({ world, api, edits: people.edits }, 'contoso');
    expect(await ingress.post(ingress.event('usmf', 'US-001'))).toMatchObject({ status: 202 });
    await ingress.handled();
    expect((await ingress.events()).at(-1)).toMatchObject({ verdict: 'accepted', outcome: 'updated' });
  });

  it('waits for a rate limit, which is in the details of a failure', async () => {
    await world.sandbox.control('POST', '/faults', {
      ...{ system: 'dynamics', match: { path: 'CustomersV3' }, times: 1 },
      action: { kind: 'status', status: 429, retryAfter: 1 },
    });
    const report = await world.ended(await world.start({ connectionId: 'contoso' }, 'limited'));
    expect(report).toMatchObject({ status: 'completed', totals: { read: 2, unchanged: 2 } });
    const { waits } = await readWaits(world.client, `legal-entity-sync/contoso/usmf/${report.runId}/read`);
    expect(waits).toMatchObject([{ summary: 'Dynamics 365 asked us to wait: 1 s', state: 'over' }]);
  });

  it('runs its schedules', async () => {
    await world.client.schedule.getHandle('master-sync/contoso').trigger();
    const scheduled = async () =>
      (await world.store.reports.list('contoso', undefined)).items.filter(({ workflowId }) =>
        workflowId.startsWith('master-sync/contoso-'),
      );
    await until('the schedule has run', async () => (await scheduled())[0]?.status === 'completed');
  });

  it('tells what to do about a failed run', async () => {
    await world.store.credentials.apply('contoso', { 'zendesk.accessToken': WRONG_TOKEN });
    const runId = await startByApi();
    expect(await world.ended(runId)).toMatchObject({
      status: 'failed',
      error: { code: 'needs_reconnect', message: expect.stringContaining('Zendesk: 401') },
    });
    const { body } = await api.request('GET', `/api/runs/${runId}`);
    expect(body).toMatchObject({ error: { message: expect.stringContaining('Zendesk: 401') } });
  });

  describe('its histories', () => {
    beforeAll(async () => {
      const executions = [];
      for await (const execution of world.client.workflow.list()) executions.push(execution);
      histories = await Promise.all(
        executions.map(async ({ workflowId: id, runId, type }) => ({
          ...{ id, type },
          history: await keyless.workflow.getHandle(id, runId).fetchHistory(),
        })),
      );
      expect(histories.length).toBeGreaterThan(12);
    });

    it('have every payload encrypted but the input given in clear, search attributes and marks of short steps', () => {
      const all = histories.flatMap(({ id, history }) => findPayloads(history, id));
      const clear = inClear(all);
      const isMark = ({ path }: FoundPayload): boolean => path.includes('markerRecordedEventAttributes');
      const textsOf = (found: FoundPayload[]): string[] => found.map(({ payload }) => bytesAsText(payload.data));
      expect(textsOf(clear.filter((each) => !isMark(each)))).toEqual(['{"connectionId": "contoso"}']);
      const marks = new Set(textsOf(clear.filter(isMark)));
      expect(marks.size).toBeGreaterThan(0);
      // Of a step within a workflow's own task the SDK records name and times in clear; its input and result are encrypted.
      // Of a patch it records the id.
      for (const text of marks)
        expect([NAMES_AND_TIMES, PATCH]).toContainEqual(Object.keys(JSON.parse(text) as object).sort());
      const encrypted = all.filter(({ payload }) => payload.metadata?.['encryption-key-id']);
      expect(encrypted.length).toBeGreaterThan(150);
      for (const part of ['input', 'result', 'memo', 'summary', 'encodedAttributes', 'details'])
        expect([part, all.some(({ path }) => path.includes(part))]).toEqual([part, true]);
    });

    it('say nothing of failures but that they are encoded', () => {
      const messages = histories.flatMap(({ history }) => findMessages(history));
      expect(new Set(messages)).toEqual(new Set(['Encoded failure']));
      expect(messages.length).toBeGreaterThanOrEqual(3);
    });

    it('hold no sentence, count, cursor, path or name in clear', () => {
      const words = ['connectionId', 'acceptShrink', 'needs reconnecting', 'asked us to wait', 'unchanged', 'totals'];
      words.push('Renton', 'Tacoma', 'Ada Lane', 'Zendesk:', 'activities/', 'workflows/', world.sandbox.zendeskToken);
      for (const { id, history } of histories) {
        const text = readable(history);
        const found = words.filter((word) => text.includes(word));
        expect([id, found]).toEqual([id, id === 'by-hand' ? ['connectionId'] : []]);
      }
    });

    it('can be read with the keys: summaries, memo, details and messages of failures', async () => {
      const failed = world.client.workflow.getHandle('master-sync/contoso');
      expect((await failed.describe()).memo).toMatchObject({ scope: { full: false } });
      expect(await failed.query('__temporal_workflow_metadata')).toMatchObject({
        currentDetails: expect.stringContaining('Zendesk'),
      });
      await expect(
        keyless.workflow.getHandle('master-sync/contoso').query('__temporal_workflow_metadata'),
      ).rejects.toThrow('encoding');
      const steps = histories.flatMap(({ history }) => history.events ?? []);
      const failures = steps.flatMap(({ activityTaskFailedEventAttributes: step }) =>
        step?.failure?.encodedAttributes ? [step.failure.encodedAttributes] : [],
      );
      const sentences = await Promise.all(failures.map((each) => readPayload<{ message: string }>(world.client, each)));
      expect(sentences.map(({ message }) => message).join('\n')).toMatch(/^Zendesk: 401/m);
    });

    it('can be replayed with the keys', async () => {
      Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
      const [codec] = world.client.options.loadedDataConverter.payloadCodecs;
      if (codec === undefined) throw new Error('The client of the world does not decode.');
      const { failureConverterPath, ...dataConverter } = workerDataConverter({ codec, isOn: true });
      if (failureConverterPath === undefined) throw new Error('Failures are not encoded.');
      const bundle = await workflowBundle({ failureConverterPath });
      const newest = new Map(histories.toReversed().map((each) => [each.type, each]));
      expect(newest.get('syncMasterData')).toMatchObject({ id: 'master-sync/contoso' });
      expect(newest.size).toBeGreaterThan(2);
      for (const { id, history } of newest.values())
        await Worker.runReplayHistory({ workflowBundle: bundle, dataConverter }, history, id);
    });

    it('keep what schedules start encrypted as well', async () => {
      const { namespace } = world.client.options;
      const raw = await world.client.workflowService.describeSchedule({ namespace, scheduleId: 'master-sync/contoso' });
      const found = findPayloads(raw.schedule ?? {}, 'schedule');
      expect(inClear(found)).toEqual([]);
      expect(found.map(({ path }) => path)).toEqual(
        expect.arrayContaining([expect.stringContaining('.input.'), expect.stringContaining('.summary')]),
      );
    });

    it('are shown in clear by the commands of docs/operating.md, through the API, to whoever has a token', async () => {
      const [, command = ''] = /^### Look at a history\n[\s\S]+?^```sh\n(temporal [\s\S]+?)\n```$/m.exec(PAGE) ?? [];
      expect(command).toContain('--codec-endpoint');
      const env = { LEDGERDESK_URL: api.url, LEDGERDESK_ADMIN_TOKEN: ADMIN_TOKEN, WORKFLOW_ID: 'master-sync/contoso' };
      const shown = await cli(command, env);
      expect(shown).toContain('input[0].connectionId: contoso');
      expect(shown).toContain('Zendesk: 401');
      const [options = ''] = /--codec-[\s\S]+$/.exec(command) ?? [];
      const status = await cli(`temporal workflow metadata --workflow-id "$WORKFLOW_ID" ${options}`, env);
      expect(status).toContain('Zendesk: 401');
      const withoutCodec = await cli(command.replace(options, ''), env).catch((error: unknown) => String(error));
      expect(withoutCodec).toContain('Encoded failure');
      expect(withoutCodec).not.toMatch(/connectionId|Zendesk: 401/);
    });
  });
});

/** Returns the messages of all failures in a value, with their causes. */
function findMessages(value: unknown): string[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  const { message } = value as { readonly message?: unknown };
  const own = typeof message === 'string' && message !== '' ? [message] : [];
  return [...own, ...Object.values(value).flatMap(findMessages)];
}
