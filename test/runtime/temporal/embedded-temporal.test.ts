import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startEmbeddedTemporal } from '../../../runtime/temporal/embedded-temporal.ts';
import type { EmbeddedTemporal } from '../../../runtime/temporal/embedded-temporal.ts';
import { createLog } from '../../../runtime/log/log.ts';
import { ensureSearchAttributes } from '../../../runtime/temporal/search-attributes.ts';
import { findTemporal } from '../../../runtime/temporal/temporal-binary.ts';
import { connectTemporal } from '../../../runtime/temporal/temporal-connection.ts';
import type { TemporalConnection } from '../../../runtime/temporal/temporal-connection.ts';
import { killHard, killLeftovers, startScript } from '../processes/run.ts';
import type { Started } from '../processes/run.ts';

const { log } = createLog({ level: 'silent' });
const { env } = process;
let folder: string;
let cli: string;
let server: EmbeddedTemporal | undefined;
let starter: Started | undefined;
let connection: TemporalConnection | undefined;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ledgerdesk-temporal-'));
  cli = await findTemporal({ env, log });
});
afterEach(async () => {
  starter?.process.kill('SIGKILL');
  await connection?.close();
  connection = undefined;
  await server?.stop();
});
afterAll(() => {
  killLeftovers(folder);
  rmSync(folder, { recursive: true, force: true });
});

function temporal(address: string, ...args: string[]): string {
  return execFileSync(cli, [...args, '--address', address], { encoding: 'utf8', stdio: 'pipe' });
}

describe('startEmbeddedTemporal', () => {
  it('keeps workflows and ports after a restart', async () => {
    const start = { dataDir: join(folder, 'restart'), env, log };
    server = await startEmbeddedTemporal(start);
    const { address, uiUrl } = server;
    temporal(address, 'workflow', 'start', '--type', 't', '--task-queue', 'q', '--workflow-id', 'kept');
    await server.stop();
    server = await startEmbeddedTemporal(start);
    expect(server).toMatchObject({ address, uiUrl, adopted: false });
    expect(temporal(address, 'workflow', 'describe', '--workflow-id', 'kept')).toContain('kept');
  });

  it('adopts a running server whose starter was killed, and can stop it', async () => {
    const dataDir = join(folder, 'adopted');
    starter = startScript(new URL('../processes/start-temporal.ts', import.meta.url), { args: [dataDir] });
    const { address } = JSON.parse(await starter.line('address')) as { address: string };
    temporal(address, 'workflow', 'start', '--type', 't', '--task-queue', 'q', '--workflow-id', 'orphan');
    await killHard(starter);
    server = await startEmbeddedTemporal({ dataDir, env, log });
    expect(server).toMatchObject({ address, adopted: true });
    expect(temporal(address, 'workflow', 'describe', '--workflow-id', 'orphan')).toContain('orphan');
    await server.stop();
    expect(server.isAlive()).toBe(false);
  });

  it('has a Web UI and a retention of 30 days, and does not reset a changed retention', async () => {
    const start = { dataDir: join(folder, 'retention'), env, log };
    const retentionOf = async ({ address }: EmbeddedTemporal): Promise<number> => {
      connection = connectTemporal({ env: { TEMPORAL_ADDRESS: address } });
      const { config } = await connection.connection.workflowService.describeNamespace({ namespace: 'default' });
      await connection.close();
      return Number(config?.workflowExecutionRetentionTtl?.seconds) / 86_400;
    };
    server = await startEmbeddedTemporal(start);
    expect((await fetch(server.uiUrl)).status).toBe(200);
    expect(await retentionOf(server)).toBe(30);
    temporal(server.address, 'operator', 'namespace', 'update', '-n', 'default', '--retention', '5d');
    await server.stop();
    server = await startEmbeddedTemporal(start);
    expect(await retentionOf(server)).toBe(5);
  });

  it('reports the reason in one message if it does not start', async () => {
    const dataDir = join(folder, 'unwritable');
    server = await startEmbeddedTemporal({ dataDir, env, log });
    await server.stop();
    const database = join(dataDir, 'temporal', 'temporal.db');
    const size = readFileSync(database).length;
    expect(size).toBeGreaterThan(0);
    execFileSync('sh', ['-c', `rm -f ${dataDir}/temporal/temporal.db*; mkdir ${database}`]);
    await expect(startEmbeddedTemporal({ dataDir, env, log })).rejects.toThrow(
      /does not start\. Its log ends with:\n.+/,
    );
  });
});

describe('connectTemporal', () => {
  it('connects lazily with Temporal’s own variables, enforces deadlines, and registers search attributes once', async () => {
    server = await startEmbeddedTemporal({ dataDir: join(folder, 'connection'), env, log });
    connection = connectTemporal({ env: { TEMPORAL_ADDRESS: server.address, TEMPORAL_API_KEY: '' } });
    const { client, namespace } = connection;
    expect([namespace, connection.address]).toEqual(['default', server.address]);
    for (const names of [['LedgerdeskConnection'], ['LedgerdeskConnection', 'LedgerdeskLegalEntity']])
      await ensureSearchAttributes(connection.connection, namespace, names);
    const { customAttributes } = await connection.connection.operatorService.listSearchAttributes({ namespace });
    expect(customAttributes).toMatchObject({ LedgerdeskConnection: 2, LedgerdeskLegalEntity: 2 });
    expect((await client.workflow.count()).count).toBe(0);
    await expect(connection.nativeConnection()).resolves.toBeDefined();
    await server.stop();
    const before = performance.now();
    await expect(connection.withDeadline(700, () => client.workflow.count())).rejects.toThrow();
    expect(performance.now() - before).toBeLessThan(5_000);
  });

  it('rejects a configuration file that does not exist, instead of connecting to localhost', () => {
    const missing = join(folder, 'no-such.toml');
    expect(() => connectTemporal({ env: { TEMPORAL_CONFIG_FILE: missing } })).toThrow(
      /in TEMPORAL_CONFIG_FILE does not exist/,
    );
  });
});
