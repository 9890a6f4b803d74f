import type { Egress } from '../../clients/egress.ts';
import type { Config } from '../config/config.ts';
import type { Tracing } from './open-telemetry.ts';

/**
 * Starts to trace a process if that is configured. Otherwise it does not load OpenTelemetry at all. `egress` decides
 * whether traces go through a proxy.
 */
export async function openTracing({ isTraced }: Pick<Config, 'isTraced'>, egress: Egress): Promise<Tracing> {
  if (!isTraced) return { plugins: [], close: () => Promise.resolve() };
  const { startTracing } = await import('./open-telemetry.ts');
  return startTracing(egress);
}
