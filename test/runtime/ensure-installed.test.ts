import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const SCRIPT = fileURLToPath(new URL('../../runtime/ensure-installed.mjs', import.meta.url));

/**
 * A replacement for npm that records its calls, prints to stdout as npm does, and creates the result of a finished `npm
 * ci`.
 */
const FAKE_NPM = `#!/bin/sh
PATH=/usr/bin:/bin
echo "$*" >> ../npm-calls
[ -f ../npm-hangs ] && sleep 1 && exit 1
echo "added 1 package"
[ -f ../npm-fails ] && exit 1
sleep 0.5
rm -rf node_modules && mkdir node_modules && echo '{}' > node_modules/.package-lock.json
`;

let home: string;
let project: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'ledgerdesk-install-test-'));
  project = join(home, 'project');
  mkdirSync(join(project, 'runtime'), { recursive: true });
  mkdirSync(join(home, 'bin'));
  mkdirSync(join(home, 'tmp'));
  cpSync(SCRIPT, join(project, 'runtime', 'ensure-installed.mjs'));
  writeFileSync(join(project, 'package-lock.json'), '{"lockfileVersion": 3}');
  writeFileSync(join(home, 'bin', 'npm'), FAKE_NPM);
  chmodSync(join(home, 'bin', 'npm'), 0o755);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(...args: string[]): Promise<Result> {
  const script = join(project, 'runtime', 'ensure-installed.mjs');
  const child = spawn(process.execPath, [script, ...args], { env: environment() });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

function environment(): NodeJS.ProcessEnv {
  return { PATH: join(home, 'bin'), TMPDIR: join(home, 'tmp') };
}

function npmCalls(): readonly string[] {
  const file = join(home, 'npm-calls');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
}

function touch(file: string, secondsFromNow: number): void {
  const at = Date.now() / 1000 + secondsFromNow;
  utimesSync(join(project, file), at, at);
}

describe('ensure-installed', () => {
  it('runs npm ci once if nothing is installed', async () => {
    expect(await run()).toMatchObject({ code: 0, stdout: '' });
    expect(await run()).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(npmCalls()).toEqual(['ci']);
  });

  it('runs npm ci again if the lockfile has changed', async () => {
    await run();
    writeFileSync(join(project, 'package-lock.json'), '{"lockfileVersion": 3, "packages": {}}');
    touch('package-lock.json', 5);
    await run();
    expect(npmCalls()).toEqual(['ci', 'ci']);
  });

  it('does not run npm ci if only the modification time of the lockfile has changed, as after a checkout', async () => {
    await run();
    touch('package-lock.json', 5);
    await run();
    expect(npmCalls()).toEqual(['ci']);
  });

  it('accepts a manual installation that is newer than the lockfile', async () => {
    mkdirSync(join(project, 'node_modules'));
    writeFileSync(join(project, 'node_modules', '.package-lock.json'), '{}');
    touch('package-lock.json', -5);
    expect((await run()).code).toBe(0);
    expect(npmCalls()).toEqual([]);
  });

  it('runs npm once for concurrent calls', async () => {
    const results = await Promise.all([run(), run(), run('--quiet')]);
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(npmCalls()).toEqual(['ci']);
  });

  it('takes over from a process that was killed during the installation', async () => {
    writeFileSync(join(home, 'npm-hangs'), '');
    const first = spawn(process.execPath, [join(project, 'runtime', 'ensure-installed.mjs')], { env: environment() });
    while (npmCalls().length === 0) await sleep(20);
    first.kill('SIGKILL');
    await once(first, 'exit');
    rmSync(join(home, 'npm-hangs'));
    expect((await run()).code).toBe(0);
    expect(npmCalls()).toEqual(['ci', 'ci']);
  });

  it('writes the output of npm to stderr, and with --quiet nothing else', async () => {
    const { stdout, stderr } = await run('--quiet');
    expect(stdout).toBe('');
    expect(stderr).toBe('added 1 package\n');
  });

  it('ends with exit code 1 and a message if npm fails, and tries again the next time', async () => {
    writeFileSync(join(home, 'npm-fails'), '');
    const { code, stderr } = await run();
    expect(code).toBe(1);
    expect(stderr).toContain('npm ci failed');
    rmSync(join(home, 'npm-fails'));
    expect((await run()).code).toBe(0);
  });

  it('prints one sentence if npm does not exist', async () => {
    rmSync(join(home, 'bin', 'npm'));
    const { code, stderr } = await run('--quiet');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^npm could not be started.*\n$/);
  });
});
