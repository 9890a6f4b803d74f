import { createServer } from 'node:net';

/** Returns a free port of 127.0.0.1: the preferred one if it is free, or else one that the system picks. */
export async function findFreePort(preferred?: number): Promise<number> {
  const port = (preferred !== undefined ? await tryListen(preferred) : undefined) ?? (await tryListen(0));
  if (port === undefined) throw new Error('There is no free port on 127.0.0.1.');
  return port;
}

async function tryListen(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ host: '127.0.0.1', port }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
    });
  });
}
