import { createOtlpNetworkExportDelegate, OTLPExporterBase } from '@opentelemetry/otlp-exporter-base';
import { convertLegacyHttpOptions } from '@opentelemetry/otlp-exporter-base/node-http';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import type { IExporterTransport } from '@opentelemetry/otlp-exporter-base';
import type { SpanExporter } from '@opentelemetry/sdk-trace-node';
import type { Egress } from '../../clients/egress.ts';
import { createExchange, type Exchange } from '../../clients/exchange.ts';
import { isSuccess } from '../../clients/classify.ts';

interface Collector {
  readonly url: string;
  readonly headers: () => Record<string, string>;
}

/**
 * Creates the exporter of traces to the collector that OpenTelemetry's own variables name. OpenTelemetry's exporter
 * connects directly, to any address, since collectors are usually in a private network. It knows no proxy, so requests
 * through one are sent by our own HTTP client, which refuses a host with a private address.
 */
export function createTraceExporter(egress: Egress): SpanExporter {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- This version has no successor, and its exporter uses it.
  const settings = convertLegacyHttpOptions({}, 'TRACES', 'v1/traces', {});
  if (egress.proxyFor(new URL(settings.url)) === undefined) return new OTLPTraceExporter();
  const transport = createTransport(settings, createExchange(egress));
  return new OTLPExporterBase(createOtlpNetworkExportDelegate(settings, JsonTraceSerializer, transport));
}

/** Sends each batch once. A lost batch is no loss for the product, and the next one follows within seconds. */
function createTransport({ url, headers }: Collector, exchange: Exchange): IExporterTransport {
  return {
    async send(data, timeoutMs) {
      const text = Buffer.from(data).toString('utf8');
      try {
        const { status } = await exchange(
          { method: 'POST', url, headers: headers(), text, timeoutMs },
          () => undefined,
        );
        if (isSuccess(status)) return { status: 'success' };
        return { status: 'failure', error: new Error(`The collector of traces returned ${status}.`) };
      } catch {
        // The error of the HTTP client holds headers, which may be credentials.
        return {
          status: 'failure',
          error: new Error('The collector of traces could not be reached through the proxy.'),
        };
      }
    },
    shutdown: () => undefined,
  };
}
