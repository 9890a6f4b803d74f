const ORPHAN_CHECK_MS = 500;

/** Options of `onShutdown`. */
export interface ShutdownOptions {
  /** Milliseconds after which the process exits with 1 even if the handler has not finished; by default 15,000. */
  readonly graceMs?: number;
  /** Called with the reason when the stop begins: `SIGTERM`, `SIGINT`, `disconnect` or `parent gone`. */
  readonly onStart?: (reason: string) => void;
}

/**
 * The exit code of a start that another attempt cannot fix, such as a wrong setting or a port in use. The supervisor
 * then stops all processes instead of restarting this one. EX_CONFIG of sysexits.h.
 */
export const EXIT_UNRECOVERABLE = 78;

/**
 * Runs the handler and exits, once, on SIGTERM, on SIGINT, when the supervisor has ended (its IPC channel closes), or,
 * under npm, when npm's shell has ended. The exit code is 0, or 1 when the handler fails or exceeds the grace time.
 */
export function onShutdown(handler: (reason: string) => Promise<void>, options: ShutdownOptions = {}): void {
  let stopping = false;
  const stop = (reason: string): void => {
    if (stopping) return;
    stopping = true;
    options.onStart?.(reason);
    setTimeout(() => process.exit(1), options.graceMs ?? 15_000).unref();
    handler(reason).then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  if (process.env['npm_lifecycle_event'] !== undefined) onOrphaned(() => stop('parent gone'));
  if (!process.send) return;
  // The supervisor may have ended before the listener was added.
  if (process.connected) process.on('disconnect', () => stop('disconnect'));
  else stop('disconnect');
}

/** Calls `handler` when the parent has ended. npm sends SIGTERM to the shell of a script, which does not pass it on. */
function onOrphaned(handler: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    handler();
  }, ORPHAN_CHECK_MS);
  timer.unref();
}
