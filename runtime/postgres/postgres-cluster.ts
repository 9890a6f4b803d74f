import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { readJsonFile, readOrCreateSecretFile, replaceFile } from '../processes/atomic-file.ts';
import {
  canReach,
  createServerFolder,
  findPrograms,
  findServerUser,
  ownerOf,
  restoreLinks,
} from './postgres-installation.ts';
import type { PostgresPrograms, ServerUser } from './postgres-installation.ts';
import { openDataDirectory, stageDataFolder, stagePrograms } from './postgres-staging.ts';

/** The role that owns everything in the embedded database. */
export const DATABASE_USER = 'ledgerdesk';

/** A database cluster that can be started, with its files, programs and stored state. */
export interface Cluster {
  /** The data directory of the server. */
  readonly folder: string;
  readonly programs: PostgresPrograms;
  readonly user: ServerUser | undefined;
  readonly password: string;
  readonly logFile: string;
  /** The port of the last start; undefined before the first. */
  readonly port: number | undefined;
  /** Stores the port for the next start. */
  rememberPort(port: number): Promise<void>;
}

interface State {
  readonly port?: number;
  /** Set when the database is outside the data directory. */
  readonly stagedIn?: string;
  readonly initialised?: boolean;
}

/**
 * Opens the cluster of a data directory and creates it on first use. The cluster is in the data directory. Only if root
 * starts it and the user of the server cannot reach that directory, it is in a staged folder, whose path the data
 * directory stores.
 */
export async function openCluster(dataDir: string): Promise<Cluster> {
  const given = join(dataDir, 'postgres');
  await mkdir(given, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  const home = await realpath(given);
  const stateFile = join(home, 'state.json');
  let state: State = await readJsonFile<State>(stateFile);
  const remember = async (more: State): Promise<void> => {
    state = { ...state, ...more };
    await replaceFile(stateFile, JSON.stringify(state));
  };

  const serverUser = findServerUser();
  if (serverUser) await openDataDirectory(dirname(home), serverUser);
  if (serverUser && state.stagedIn === undefined && !canReach(serverUser, home)) {
    if (state.initialised)
      throw new Error(
        `The user postgres can no longer enter ${home}. Give it access to all folders of this path: chmod o+x`,
      );
    await remember({ stagedIn: await stageDataFolder(home, serverUser) });
  }
  const folder = join(state.stagedIn ?? home, 'cluster');
  const programs = await reachablePrograms(serverUser);
  const password = await readOrCreateSecretFile(join(home, 'password'), () => randomBytes(24).toString('hex'));
  if (!existsSync(join(folder, 'PG_VERSION'))) {
    if (state.initialised) throw new Error(lostMessage(folder, home));
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

function lostMessage(folder: string, home: string): string {
  return `The database in ${folder} no longer exists. Restore it, or delete ${home} to start with an empty database.`;
}

/**
 * Creates the cluster under another name and renames it at the end, so that a crash leaves no half-created database.
 */
async function initialise(cluster: Pick<Cluster, 'folder' | 'programs' | 'password' | 'user'>): Promise<void> {
  const draft = `${cluster.folder}.new`;
  const passwordFile = `${cluster.folder}.password`;
  await rm(draft, { recursive: true, force: true });
  await rm(passwordFile, { force: true });
  try {
    await createServerFolder(draft, cluster.user);
    await writeFile(passwordFile, `${cluster.password}\n`, { mode: 0o600, flag: 'wx' });
    if (cluster.user) await chown(passwordFile, cluster.user.uid, cluster.user.gid);
    await runInitdb(cluster, [`--pgdata=${draft}`, `--pwfile=${passwordFile}`]);
    await rename(draft, cluster.folder);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/** Runs initdb. The built-in locale sorts in the same way on all machines, and it knows letters beyond ASCII. */
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
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`The embedded PostgreSQL could not be initialised: ${output.trim()}`);
}
