import { onShutdown } from '../../../runtime/shutdown.ts';

/**
 * A replacement for the worker in tests of the supervisor. It prints one line that is not JSON, and waits for its end.
 */
process.stdout.write('a native library says hello\n');
setInterval(() => undefined, 1_000);
onShutdown(async () => Promise.resolve());
