import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Returns an identity that distinguishes a process from a later one with the same id: its start time and the boot of
 * the machine. Returns undefined when there is no such process. A zombie counts as ended.
 */
export function processIdentity(pid: number): string | undefined {
  return process.platform === 'linux' ? linuxIdentity(pid) : identityByPs(pid);
}

/** Returns whether the process with this id and identity is running. */
export function isAlive(pid: number, identity: string): boolean {
  return processIdentity(pid) === identity;
}

/**
 * Returns the command line of a running process, separated by blanks, or an empty text when there is no such process.
 */
export function processCommand(pid: number): string {
  if (process.platform !== 'linux') return runPs(pid, 'command=');
  return (readIfThere(`/proc/${pid}/cmdline`) ?? '').replaceAll('\0', ' ').trim();
}

/** Reads `/proc/<pid>/stat`. The state is field 3, and the start time in clock ticks is field 22 (proc(5)). */
function linuxIdentity(pid: number): string | undefined {
  const stat = readIfThere(`/proc/${pid}/stat`);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTicks] = [fields?.[0], fields?.[19]];
  if (state === undefined || startTicks === undefined || state === 'Z' || state === 'X') return undefined;
  return `${readIfThere('/proc/sys/kernel/random/boot_id')?.trim() ?? 'boot'}/${startTicks}`;
}

function identityByPs(pid: number): string | undefined {
  const [state, ...started] = runPs(pid, 'state=,lstart=').split(/\s+/);
  return state === undefined || state === '' || state.startsWith('Z') ? undefined : started.join(' ');
}

function runPs(pid: number, columns: string): string {
  const { stdout } = spawnSync('ps', ['-o', columns, '-p', String(pid)], { encoding: 'utf8' });
  return (stdout as string | null)?.trim() ?? '';
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
