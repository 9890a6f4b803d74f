// Makes sure that the dependencies are installed before anything that needs them is loaded. Depends on nothing itself,
// writes to stderr only (stdout belongs to the program that follows), and lets two starts at once take turns.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = [20, 19];
const WAIT_LIMIT_MS = 15 * 60_000;
const UNSIGNED_LOCK_LIMIT_MS = 10_000;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const lockfile = join(root, 'package-lock.json');
const installed = join(root, 'node_modules', '.package-lock.json');
const marker = join(root, 'node_modules', '.ledgerdesk-installed');
const turn = join(tmpdir(), `ledgerdesk-install-${digest(root).slice(0, 16)}`);
const quiet = process.argv.includes('--quiet');

try {
  checkNode();
  if (!isInstalled()) await inTurn(installOnce);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const recent = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  if (!recent) throw new Error(`Ledgerdesk needs Node ${OLDEST_NODE.join('.')} or later; this is ${process.version}.`);
}

/**
 * Installed means: npm finished here, and either our marker names this very lockfile (whatever the file times say after
 * a checkout), or npm finished after the lockfile was last written (somebody ran npm by hand).
 */
function isInstalled() {
  if (!existsSync(installed)) return false;
  const wanted = digest(readFileSync(lockfile));
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return true;
  if (statSync(installed).mtimeMs < statSync(lockfile).mtimeMs) return false;
  leaveMarker(wanted);
  return true;
}

/** A tree that we may not write to (a read-only image) is looked at again next time, which is all that is lost. */
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
    npm.once('error', () => reject(new Error('npm could not be started: is it installed and on PATH?')));
    npm.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error('npm ci failed: see its messages above.'));
    });
  });
}

/** Making a directory succeeds for one process only. Whoever finds it waits, and clears it away if its maker is gone. */
async function inTurn(work) {
  const giveUpAt = Date.now() + WAIT_LIMIT_MS;
  while (!takeTurn()) {
    if (Date.now() > giveUpAt) throw new Error(`Another installation holds ${turn}: end it, or delete that directory.`);
    if (isAbandoned()) clearTurn();
    else await sleep(200);
  }
  try {
    await work();
  } finally {
    rmSync(turn, { recursive: true, force: true });
  }
}

function takeTurn() {
  try {
    mkdirSync(turn);
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
  writeFileSync(join(turn, 'pid'), String(process.pid));
  return true;
}

function isAbandoned() {
  try {
    const pid = Number(readFileSync(join(turn, 'pid'), 'utf8'));
    if (pid > 0) return !isRunning(pid);
    return Date.now() - statSync(turn).mtimeMs > UNSIGNED_LOCK_LIMIT_MS;
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    const made = statSync(turn, { throwIfNoEntry: false });
    return made !== undefined && Date.now() - made.mtimeMs > UNSIGNED_LOCK_LIMIT_MS;
  }
}

/** Renaming succeeds for one of those who found it abandoned; the others find it gone, or a new one, and look again. */
function clearTurn() {
  const aside = `${turn}.${process.pid}`;
  try {
    renameSync(turn, aside);
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
