import { loadConfig, type Config } from '../runtime/config/config.ts';
import { createLog, type Log } from '../runtime/log/log.ts';
import { createProcessLog } from '../runtime/process-log.ts';
import { ensureSearchAttributes } from '../runtime/temporal/search-attributes.ts';
import { isUnrecoverable, openServices } from '../runtime/services.ts';
import { EXIT_UNRECOVERABLE, onShutdown } from '../runtime/shutdown.ts';
import { warnOfOpenings } from '../runtime/log/warn-of-openings.ts';
import { SEARCH_ATTRIBUTE_NAMES } from '../workflows/search-attributes.ts';
import { buildActivities } from './build-activities.ts';
import { bundleApart } from './bundle-apart.ts';
import { createWorker } from './create-worker.ts';
import { workerDataConverter } from './data-converter.ts';
import { installRuntime } from './install-runtime.ts';
import { restartInterrupted } from './restart-interrupted.ts';

/** The entry of a worker process: opens what it needs, registers search attributes, and works until it is asked to end. */
async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const log = createProcessLog(config, { process: 'worker' });
  warnOfOpenings(log, config, process.env);
  await work(config, log).catch((error: unknown) => giveUp(log, error));
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
    activities: buildActivities(services, { config, metricMeter }),
    workflowBundle: await bundleApart({
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

function giveUp(log: Log, error: unknown): never {
  const unrecoverable = isUnrecoverable(error);
  if (unrecoverable && error instanceof Error) log.error(error.message.replaceAll('\n', ' '));
  else log.error({ err: error }, 'the worker stopped');
  process.exit(unrecoverable ? EXIT_UNRECOVERABLE : 1);
}

main().catch((error: unknown) => giveUp(createLog({ level: 'info', process: 'worker' }).log, error));
