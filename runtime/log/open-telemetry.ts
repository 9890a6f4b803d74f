import { setTimeout as wait } from 'node:timers/promises';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResourcesSync, envDetectorSync, Resource } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { OpenTelemetryPlugin } from '@temporalio/interceptors-opentelemetry';
import type { WorkerOptions } from '@temporalio/worker';
import { logTraceId } from './log-trace-id.ts';
import { spansOfIds } from './spans-of-ids.ts';

/** How a process is traced. */
export interface Tracing {
  /** For connections to Temporal, and for nothing else: clients and workers get them from there. Empty: no traces. */
  readonly plugins: OpenTelemetryPlugin[];
  /** Sends what is left, and does not wait long for a collector that is away. */
  close(): Promise<void>;
}

/** A worker that is asked to end has more to do with its seconds than to wait for a collector. */
const LONGEST_FLUSH_MS = 2_000;

/**
 * Sends traces to where OpenTelemetry's own variables say: a start by the api, the workflow, and its steps are one trace.
 * Registers the provider for the whole process, which links what follows on each other; call it once.
 */
export function startTracing(): Tracing {
  const { attributes } = detectResourcesSync({ detectors: [envDetectorSync] });
  const resource = new Resource({ 'service.name': 'ledgerdesk', 'process.pid': process.pid, ...attributes });
  const spanProcessor = spansOfIds(new BatchSpanProcessor(new OTLPTraceExporter()));
  const provider = new NodeTracerProvider({ resource, spanProcessors: [spanProcessor] });
  provider.register();
  return {
    plugins: [new TracingPlugin({ resource, spanProcessor })],
    async close() {
      const shutdown = provider.shutdown().catch(() => undefined);
      await Promise.race([shutdown, wait(LONGEST_FLUSH_MS, undefined, { ref: false })]);
    },
  };
}

/** Adds what tells log lines their trace, behind the interceptor that gives a step its span. */
class TracingPlugin extends OpenTelemetryPlugin {
  override configureWorker(options: WorkerOptions): WorkerOptions {
    const { interceptors, ...configured } = super.configureWorker(options);
    return {
      ...configured,
      interceptors: { ...interceptors, activity: [...(interceptors?.activity ?? []), logTraceId] },
    };
  }
}
