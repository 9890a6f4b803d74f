import type { Config } from '../config/config.ts';
import type { Tracing } from './open-telemetry.ts';

/** Begins to trace a process where that is configured. Nothing of OpenTelemetry is loaded where it is not. */
export async function openTracing({ isTraced }: Pick<Config, 'isTraced'>): Promise<Tracing> {
  if (!isTraced) return { plugins: [], close: () => Promise.resolve() };
  const { startTracing } = await import('./open-telemetry.ts');
  return startTracing();
}
