import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { startTraceCollector } from '../../fixtures/trace-collector.ts';

const ROOT = join(import.meta.dirname, '../../..');

/**
 * Opens the tracing of a process, creates a span and closes the tracing. Prints the number of loaded modules and the
 * duration of the closing.
 */
const SCRIPT = `
  import { createRequire } from 'node:module';
  import { loadConfig } from './runtime/config/config.ts';
  import './runtime/services.ts';
  import { createEgress } from './clients/egress.ts';
  import { openTracing } from './runtime/log/tracing.ts';
  const { httpsProxy, noProxy, ...config } = loadConfig(process.env);
  const tracing = await openTracing(config, createEgress([], httpsProxy && { url: httpsProxy.reveal(), noProxy }));
  const loaded = Object.keys(createRequire(import.meta.url).cache).filter((path) => path.includes('@opentelemetry'));
  if (tracing.plugins.length > 0) {
    const { trace } = await import('@opentelemetry/api');
    trace.getTracer('test').startSpan('a span', { attributes: { note: 'a secret text' } }).end();
  }
  const before = Date.now();
  await tracing.close();
  console.log(JSON.stringify({ plugins: tracing.plugins.length, loaded: loaded.length, closedMs: Date.now() - before }));
`;

interface Result {
  readonly plugins: number;
  readonly loaded: number;
  readonly closedMs: number;
}

/** Runs the script until its process has ended. */
async function run(env: Readonly<Record<string, string>>): Promise<Result> {
  const args = ['--import', 'tsx', '--input-type=module', '--eval', SCRIPT];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: ROOT,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
  });
  return JSON.parse(stdout) as Result;
}

describe('the tracing of a process', () => {
  it('does not load OpenTelemetry without a configured collector', async () => {
    expect(await run({})).toMatchObject({ plugins: 0, loaded: 0 });
  });

  it('sends its spans before it ends, with the attributes of the standard variables', async () => {
    const collector = await startTraceCollector();
    const seen = await run({ OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/otlp`, OTEL_SERVICE_NAME: 'desk' });
    await collector.close();
    expect(seen.plugins).toBe(1);
    expect(seen.loaded).toBeGreaterThan(10);
    expect(collector.spans()).toMatchObject([{ name: 'a span', attributes: [] }]);
    expect(collector.bodies().join()).toContain('"desk"');
    expect(collector.bodies().join()).not.toContain('a secret text');
  });

  it('ends within seconds if the collector never responds', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const { closedMs } = await run({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
    silent.closeAllConnections();
    silent.close();
    expect(closedMs).toBeGreaterThan(1_500);
    expect(closedMs).toBeLessThan(4_000);
  });

  it('ends if no collector listens', async () => {
    const gone = createServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const { port } = gone.address() as AddressInfo;
    gone.close();
    await once(gone, 'close');
    const { closedMs } = await run({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
    expect(closedMs).toBeLessThan(4_000);
  });
});
