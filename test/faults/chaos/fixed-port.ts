import { once } from 'node:events';
import { createServer } from 'node:net';

let next = 20_000 + (process.pid % 100) * 100;

/**
 * A port for a server that is started again and again. It is below those that the system gives to outgoing connections,
 * so nothing takes it meanwhile.
 */
export async function fixedPort(): Promise<number> {
  for (;;) {
    const port = next++;
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}
