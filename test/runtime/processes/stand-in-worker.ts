import { onShutdown } from '../../../runtime/shutdown.ts';

/** Does nothing until it is told to end; writes one line that is no JSON. */
process.stdout.write('a native library says hello\n');
setInterval(() => undefined, 1_000);
onShutdown(async () => Promise.resolve());
