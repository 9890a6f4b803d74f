import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { startEmbeddedPostgres } from '../../runtime/postgres/embedded-postgres.ts';
import { findFreePort } from '../../runtime/processes/free-port.ts';
import { createTemplate } from '../fixtures/database.ts';
import { createLog } from '../../runtime/log/log.ts';
import { findTemporal } from '../../runtime/temporal/temporal-binary.ts';

/** The servers for recording histories. One Temporal server allows long histories, the other suggests continue-as-new early. */
export interface RecordingServers {
  readonly databaseUrl: string;
  /** A folder for what worlds share. */
  readonly sharedDir: string;
  readonly temporal: string;
  /** Suggests continue-as-new after a few steps, as a real server does after thousands. */
  readonly impatientTemporal: string;
  stop(): Promise<void>;
}

/** More events than a workflow needs for its first steps, and fewer than a small run has. */
const SHORT_HISTORY = 'limit.historyCount.suggestContinueAsNew=24';

/** Starts a PostgreSQL and two Temporal servers. Their data is removed when they stop. */
export async function startRecordingServers(): Promise<RecordingServers> {
  const dataDir = await mkdtemp(join(tmpdir(), 'ledgerdesk-record-'));
  const { log } = createLog({ level: 'error' });
  const [postgres, command] = await Promise.all([
    startEmbeddedPostgres(dataDir, log),
    findTemporal({ env: process.env, log }),
  ]);
  const [patient, impatient] = await Promise.all([startTemporal(command), startTemporal(command, SHORT_HISTORY)]);
  await createTemplate(postgres.url);
  return {
    databaseUrl: postgres.url,
    sharedDir: dataDir,
    temporal: patient.address,
    impatientTemporal: impatient.address,
    async stop() {
      await Promise.all([patient, impatient].map(({ child }) => end(child)));
      await postgres.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function startTemporal(command: string, ...config: string[]): Promise<{ child: ChildProcess; address: string }> {
  const port = await findFreePort();
  const flags = ['--headless', '--ip', '127.0.0.1', '--port', String(port), '--log-level', 'error'];
  const values = ['matching.enableFairness=true', ...config].flatMap((value) => ['--dynamic-config-value', value]);
  const child = spawn(command, ['server', 'start-dev', ...flags, ...values], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const address = `127.0.0.1:${port}`;
  await (await Connection.connect({ address, connectTimeout: '30s' })).close();
  return { child, address };
}

async function end(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}
