import { setTimeout as wait } from 'node:timers/promises';
import { detectResourcesSync, envDetectorSync, Resource } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { OpenTelemetryPlugin } from '@temporalio/interceptors-opentelemetry';
import type { WorkerOptions } from '@temporalio/worker';
import type { Egress } from '../../clients/egress.ts';
import { logTraceId } from './log-trace-id.ts';
import { redactSpans } from './redact-spans.ts';
import { createTraceExporter } from './trace-exporter.ts';

/** The tracing of a process. */
export interface Tracing {
  /** Plugins for connections to Temporal, which pass them on to clients and workers. Empty if traces are off. */
  readonly plugins: OpenTelemetryPlugin[];
  /** Sends the remaining spans. Waits at most two seconds for a collector that does not answer. */
  close(): Promise<void>;
}

/** A stopping worker must not spend its grace time waiting for a collector. */
const FLUSH_LIMIT_MS = 2_000;

/**
 * Sends traces to the collector that OpenTelemetry's own variables name. A start by the api, the workflow and its steps
 * form one trace. Call it once: it registers the provider for the whole process.
 */
export function startTracing(egress: Egress): Tracing {
  const { attributes } = detectResourcesSync({ detectors: [envDetectorSync] });
  const resource = new Resource({ 'service.name': 'ledgerdesk', 'process.pid': process.pid, ...attributes });
  const spanProcessor = redactSpans(new BatchSpanProcessor(createTraceExporter(egress)));
  const provider = new NodeTracerProvider({ resource, spanProcessors: [spanProcessor] });
  provider.register();
  return {
    plugins: [new TracingPlugin({ resource, spanProcessor })],
    async close() {
      const shutdown = provider.shutdown().catch(() => undefined);
      await Promise.race([shutdown, wait(FLUSH_LIMIT_MS, undefined, { ref: false })]);
    },
  };
}

/** Adds the interceptor that logs trace ids after the one that creates the span of a step. */
class TracingPlugin extends OpenTelemetryPlugin {
  override configureWorker(options: WorkerOptions): WorkerOptions {
    const { interceptors, ...configured } = super.configureWorker(options);
    return {
      ...configured,
      interceptors: { ...interceptors, activity: [...(interceptors?.activity ?? []), logTraceId] },
    };
  }
}
