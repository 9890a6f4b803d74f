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
 * Opens the tracing of a process, makes a span and closes it; answers what the process has loaded, and how long the closing
 * took.
 */
const SCRIPT = `
  import { createRequire } from 'node:module';
  import { loadConfig } from './runtime/config/config.ts';
  import './runtime/services.ts';
  import { openTracing } from './runtime/log/tracing.ts';
  const tracing = await openTracing(loadConfig(process.env));
  const loaded = Object.keys(createRequire(import.meta.url).cache).filter((path) => path.includes('@opentelemetry'));
  if (tracing.plugins.length > 0) {
    const { trace } = await import('@opentelemetry/api');
    trace.getTracer('test').startSpan('a span', { attributes: { said: 'what nobody may know' } }).end();
  }
  const before = Date.now();
  await tracing.close();
  console.log(JSON.stringify({ plugins: tracing.plugins.length, loaded: loaded.length, closedMs: Date.now() - before }));
`;

interface Seen {
  readonly plugins: number;
  readonly loaded: number;
  readonly closedMs: number;
}

/** Runs the script until its process has ended by itself. */
async function run(env: Readonly<Record<string, string>>): Promise<Seen> {
  const args = ['--import', 'tsx', '--input-type=module', '--eval', SCRIPT];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: ROOT,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
  });
  return JSON.parse(stdout) as Seen;
}

describe('the tracing of a process', () => {
  it('loads nothing of OpenTelemetry where no collector is configured', async () => {
    expect(await run({})).toMatchObject({ plugins: 0, loaded: 0 });
  });

  it('sends what it has before it ends, with the attributes of the standard variables', async () => {
    const collector = await startTraceCollector();
    const seen = await run({ OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/otlp`, OTEL_SERVICE_NAME: 'desk' });
    await collector.close();
    expect(seen.plugins).toBe(1);
    expect(seen.loaded).toBeGreaterThan(10);
    expect(collector.spans()).toMatchObject([{ name: 'a span', attributes: [] }]);
    expect(collector.bodies().join()).toContain('"desk"');
    expect(collector.bodies().join()).not.toContain('what nobody may know');
  });

  it('ends within seconds when the collector takes what it is sent and never answers', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const { closedMs } = await run({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
    silent.closeAllConnections();
    silent.close();
    expect(closedMs).toBeGreaterThan(1_500);
    expect(closedMs).toBeLessThan(4_000);
  });

  it('ends when nobody listens there', async () => {
    const gone = createServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const { port } = gone.address() as AddressInfo;
    gone.close();
    await once(gone, 'close');
    const { closedMs } = await run({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
    expect(closedMs).toBeLessThan(4_000);
  });
});
