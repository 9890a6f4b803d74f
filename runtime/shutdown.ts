const ORPHAN_CHECK_MS = 500;

/** What a process that is asked to end does. */
export interface ShutdownOptions {
  /** After this many milliseconds the process ends with code 1, finished or not; by default 15,000. */
  readonly graceMs?: number;
  /** Called with the reason when the stop begins: `SIGTERM`, `SIGINT`, `disconnect` or `parent gone`. */
  readonly onStart?: (reason: string) => void;
}

/**
 * The exit code that says "trying again cannot help" (a wrong setting, a port that is taken): the supervisor then stops
 * everything instead of restarting. EX_CONFIG of sysexits.h.
 */
export const EXIT_UNRECOVERABLE = 78;

/**
 * Ends the process cleanly, once, on SIGTERM, on SIGINT, or when the supervisor that started it is gone (its IPC channel
 * closes), or, under npm, when npm's shell is gone. Runs the handler, then exits: 0, or 1 when the handler fails or takes longer than the grace.
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
  // The supervisor may have gone before we came to listen for it.
  if (process.connected) process.on('disconnect', () => stop('disconnect'));
  else stop('disconnect');
}

/** npm passes SIGTERM on to the shell that runs the script, and that shell ends without telling its child. */
function onOrphaned(react: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    react();
  }, ORPHAN_CHECK_MS);
  timer.unref();
}
