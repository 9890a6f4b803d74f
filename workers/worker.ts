import { loadConfig, type Config } from '../runtime/config/config.ts';
import { createLog, type Log } from '../runtime/log/log.ts';
import { createProcessLog } from '../runtime/process-log.ts';
import { ensureSearchAttributes } from '../runtime/temporal/search-attributes.ts';
import { isUnrecoverable, openServices } from '../runtime/services.ts';
import { EXIT_UNRECOVERABLE, onShutdown } from '../runtime/shutdown.ts';
import { warnLoopbackHosts } from '../runtime/log/warn-loopback-hosts.ts';
import { SEARCH_ATTRIBUTE_NAMES } from '../workflows/search-attributes.ts';
import { bundleInChildProcess } from './bundle-in-child-process.ts';
import { createWorker } from './create-worker.ts';
import { workerDataConverter } from './data-converter.ts';
import { installRuntime } from './install-runtime.ts';
import { restartInterrupted } from './restart-interrupted.ts';
import { createWorkerActivities } from './worker-activities.ts';

/** Runs a worker process: opens its services, registers search attributes, and works until it is asked to end. */
async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const log = createProcessLog(config, { process: 'worker' });
  warnLoopbackHosts(log, config, process.env);
  await work(config, log).catch((error: unknown) => exitWith(log, error));
}

async function work(config: Config, log: Log): Promise<void> {
  const services = await openServices({ config, env: process.env });
  const { temporal } = services;
  const { metricMeter } = installRuntime({ log, metricsAddress: config.workerMetrics });
  await ensureSearchAttributes(temporal.connection, temporal.namespace, SEARCH_ATTRIBUTE_NAMES);
  const { store, payloads } = services;
  await restartInterrupted({ store, client: temporal.client, codec: payloads.codec, log });
  const dataConverter = workerDataConverter(payloads);
  const worker = await createWorker({
    connection: await temporal.nativeConnection(),
    namespace: temporal.namespace,
    activities: createWorkerActivities(services, { config, metricMeter }),
    workflowBundle: await bundleInChildProcess({
      failureConverterPath: dataConverter.failureConverterPath,
      versioned: config.workerVersion !== undefined,
      isTraced: config.isTraced,
    }),
    dataConverter,
    buildId: config.workerVersion,
  });
  const run = worker.run();
  onShutdown(async () => {
    if (worker.getState() === 'RUNNING') worker.shutdown();
    await run;
    await services.close();
  });
  log.info('working');
  await run;
}

function exitWith(log: Log, error: unknown): never {
  const unrecoverable = isUnrecoverable(error);
  if (unrecoverable && error instanceof Error) log.error(error.message.replaceAll('\n', ' '));
  else log.error({ err: error }, 'the worker stopped');
  process.exit(unrecoverable ? EXIT_UNRECOVERABLE : 1);
}

main().catch((error: unknown) => exitWith(createLog({ level: 'info', process: 'worker' }).log, error));
