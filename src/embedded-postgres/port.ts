import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** Returns a loopback port that nobody is listening on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Whether another process is using the port. */
export async function isTaken(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    server.close();
    return false;
  } catch {
    return true;
  }
}
