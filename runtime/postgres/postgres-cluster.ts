import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { keepSecretFile, readRecord, replaceWhole } from '../processes/kept-file.ts';
import { canReach, findPrograms, findServerUser, makeServerFolder, ownerOf, restoreLinks } from './postgres-place.ts';
import type { PostgresPrograms, ServerUser } from './postgres-place.ts';
import { openDataDirectory, stageDataFolder, stagePrograms } from './postgres-staging.ts';

/** The role that owns everything in the embedded database. */
export const DATABASE_USER = 'ledgerdesk';

/** A database cluster that can be started: its files, its programs, and what is remembered of it. */
export interface Cluster {
  /** The folder given to the server as its data directory. */
  readonly folder: string;
  readonly programs: PostgresPrograms;
  readonly user: ServerUser | undefined;
  readonly password: string;
  readonly logFile: string;
  /** The port of the last start, if any. */
  readonly port: number | undefined;
  rememberPort(port: number): Promise<void>;
}

interface Remembered {
  readonly port?: number;
  /** Set when the database lies outside the data directory. */
  readonly stagedIn?: string;
  readonly initialised?: boolean;
}

/**
 * Opens the cluster of a data directory, made on first use. It lies in the data directory; only when root starts it and the
 * server's user cannot get there, it lies in a staged folder that the data directory remembers.
 */
export async function openCluster(dataDir: string): Promise<Cluster> {
  const given = join(dataDir, 'postgres');
  await mkdir(given, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  const home = await realpath(given);
  const stateFile = join(home, 'state.json');
  let state: Remembered = await readRecord<Remembered>(stateFile);
  const remember = async (more: Remembered): Promise<void> => {
    state = { ...state, ...more };
    await replaceWhole(stateFile, JSON.stringify(state));
  };

  const serverUser = findServerUser();
  if (serverUser) await openDataDirectory(dirname(home), serverUser);
  if (serverUser && state.stagedIn === undefined && !canReach(serverUser, home)) {
    if (state.initialised) throw new Error(`The user postgres can no longer enter ${home}: let it pass (chmod o+x).`);
    await remember({ stagedIn: await stageDataFolder(home, serverUser) });
  }
  const folder = join(state.stagedIn ?? home, 'cluster');
  const programs = await reachablePrograms(serverUser);
  const password = await keepSecretFile(join(home, 'password'), () => randomBytes(24).toString('hex'));
  if (!existsSync(join(folder, 'PG_VERSION'))) {
    if (state.initialised) throw new Error(sayLost(folder, home));
    await initialise({ folder, programs, password, user: serverUser });
  }
  if (!state.initialised) await remember({ initialised: true });
  return {
    folder,
    programs,
    user: serverUser && ((await ownerOf(folder)) ?? serverUser),
    password,
    logFile: join(home, 'postgres.log'),
    port: state.port,
    rememberPort: (port) => remember({ port }),
  };
}

async function reachablePrograms(user: ServerUser | undefined): Promise<PostgresPrograms> {
  const programs = await findPrograms();
  if (user && !canReach(user, join(programs.folder, 'bin', 'postgres'))) return stagePrograms(programs, user);
  await restoreLinks(programs.folder);
  return programs;
}

function sayLost(folder: string, home: string): string {
  return `The database that was in ${folder} is not there any more: restore it, or delete ${home} to begin with an empty one.`;
}

/** Made under another name and renamed at the end: a crash half-way leaves nothing that looks like a database. */
async function initialise(cluster: Pick<Cluster, 'folder' | 'programs' | 'password' | 'user'>): Promise<void> {
  const draft = `${cluster.folder}.new`;
  const passwordFile = `${cluster.folder}.password`;
  await rm(draft, { recursive: true, force: true });
  await rm(passwordFile, { force: true });
  try {
    await makeServerFolder(draft, cluster.user);
    await writeFile(passwordFile, `${cluster.password}\n`, { mode: 0o600, flag: 'wx' });
    if (cluster.user) await chown(passwordFile, cluster.user.uid, cluster.user.gid);
    await runInitdb(cluster, [`--pgdata=${draft}`, `--pwfile=${passwordFile}`]);
    await rename(draft, cluster.folder);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/** The built-in locale sorts and folds the same on every machine, and knows letters beyond ASCII. */
async function runInitdb({ programs, user }: Pick<Cluster, 'programs' | 'user'>, where: string[]): Promise<void> {
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const args = [...where, ...locale, '--auth=scram-sha-256', `--username=${DATABASE_USER}`];
  const child = spawn(join(programs.folder, 'bin', 'initdb'), args, {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
    ...user,
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`The embedded PostgreSQL could not be initialised: ${said.trim()}`);
}
