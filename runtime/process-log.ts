import type { Config } from './config/config.ts';
import { createLog, type Log, type LogOptions } from './log/log.ts';
import { codecCapability } from './temporal/payload-encryption.ts';

/** Creates the log of an api or worker process by its configuration. No line contains a secret of the configuration. */
export function createProcessLog(config: Config, options: Pick<LogOptions, 'process' | 'write' | 'pretty'>): Log {
  const { adminToken, alertSecret, databaseUrl, encryptionKeys } = config;
  const capability = encryptionKeys && codecCapability(encryptionKeys);
  const secrets = [adminToken, alertSecret, databaseUrl, capability].flatMap((secret) => secret?.reveal() ?? []);
  return createLog({ ...options, level: config.logLevel, secrets }).log;
}
