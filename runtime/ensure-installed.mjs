// Installs the dependencies before anything that needs them is loaded. Uses Node.js only, writes to stderr only, because
// stdout belongs to the program that follows, and waits for another installation in the same folder.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const MIN_NODE = [20, 19];
const WAIT_LIMIT_MS = 15 * 60_000;
/** A lock without a process id is abandoned after this time: its owner was killed before it wrote the id. */
const UNSIGNED_LOCK_LIMIT_MS = 10_000;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const lockfile = join(root, 'package-lock.json');
const installed = join(root, 'node_modules', '.package-lock.json');
const marker = join(root, 'node_modules', '.ledgerdesk-installed');
const lock = join(tmpdir(), `ledgerdesk-install-${digest(root).slice(0, 16)}`);
const quiet = process.argv.includes('--quiet');

try {
  checkNode();
  if (!isInstalled()) await withLock(installOnce);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const recent = major > MIN_NODE[0] || (major === MIN_NODE[0] && minor >= MIN_NODE[1]);
  if (!recent) {
    throw new Error(
      `Ledgerdesk needs Node.js ${MIN_NODE.join('.')} or later, but this is ${process.version}. Install a newer version.`,
    );
  }
}

/**
 * Returns whether the dependencies of the lockfile are installed: npm has finished, and either the marker names this
 * lockfile, or npm finished after the lockfile was written, because a person ran it. After a checkout, file times are
 * useless and the marker decides.
 */
function isInstalled() {
  if (!existsSync(installed)) return false;
  const wanted = digest(readFileSync(lockfile));
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return true;
  if (statSync(installed).mtimeMs < statSync(lockfile).mtimeMs) return false;
  leaveMarker(wanted);
  return true;
}

/** Writes the marker. In a read-only image this fails, and the next start compares the file times again. */
function leaveMarker(content) {
  try {
    writeFileSync(marker, content);
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes(error.code)) throw error;
  }
}

async function installOnce() {
  if (isInstalled()) return;
  if (!quiet) process.stderr.write('Installing the dependencies (npm ci), once…\n');
  const wanted = digest(readFileSync(lockfile));
  await runNpm();
  writeFileSync(marker, wanted);
}

function runNpm() {
  return new Promise((resolve, reject) => {
    const npm = spawn('npm', ['ci'], { cwd: root, stdio: ['ignore', 2, 2] });
    npm.once('error', () => reject(new Error('npm could not be started. Install npm, or add it to PATH.')));
    npm.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error('npm ci failed. See its messages above.'));
    });
  });
}

/** Runs `work` while this process holds the lock. The lock is a directory, which only one process can create. */
async function withLock(work) {
  const giveUpAt = Date.now() + WAIT_LIMIT_MS;
  while (!takeLock()) {
    if (Date.now() > giveUpAt) throw new Error(`Another installation holds ${lock}. End it, or delete that directory.`);
    if (isAbandoned()) removeLock();
    else await sleep(200);
  }
  try {
    await work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function takeLock() {
  try {
    mkdirSync(lock);
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
  writeFileSync(join(lock, 'pid'), String(process.pid));
  return true;
}

function isAbandoned() {
  try {
    const pid = Number(readFileSync(join(lock, 'pid'), 'utf8'));
    if (pid > 0) return !isRunning(pid);
    return Date.now() - statSync(lock).mtimeMs > UNSIGNED_LOCK_LIMIT_MS;
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    const created = statSync(lock, { throwIfNoEntry: false });
    return created !== undefined && Date.now() - created.mtimeMs > UNSIGNED_LOCK_LIMIT_MS;
  }
}

/** Removes an abandoned lock. Only one of several processes can rename it, so none removes the new lock of another one. */
function removeLock() {
  const aside = `${lock}.${process.pid}`;
  try {
    renameSync(lock, aside);
    rmSync(aside, { recursive: true, force: true });
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function digest(content) {
  return createHash('sha256').update(content).digest('hex');
}
