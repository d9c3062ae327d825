import { once } from 'node:events';
import { createConnection, createServer, type Server, type Socket } from 'node:net';

/** Stands between a service and its PostgreSQL, and can be shut. */
export interface DatabaseGate {
  /** The database's address, through the gate. */
  url: string;
  /** Cuts every connection and refuses new ones, as a stopped server does. */
  refuse(): Promise<void>;
  /** Stops passing data without closing anything, as a dead machine does; those connections stay dead for good. */
  swallow(): void;
  /** Lets new connections through again. */
  open(): Promise<void>;
  close(): Promise<void>;
}

export async function openGate(databaseUrl: string): Promise<DatabaseGate> {
  const { hostname, port } = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let swallowing = false;
  const server: Server = createServer((client) => {
    const upstream = createConnection(Number(port), hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    }
    if (swallowing) return;
    client.pipe(upstream);
    upstream.pipe(client);
  });
  const listen = async (at: number) => {
    server.listen(at, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as { port: number }).port;
  };
  const ownPort = await listen(0);
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${ownPort}`;
  const cut = async () => {
    const closed = server.listening ? once(server, 'close') : undefined;
    if (closed) server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    url: url.href,
    refuse: cut,
    swallow: () => {
      swallowing = true;
      for (const socket of sockets) socket.unpipe().pause();
    },
    open: async () => {
      swallowing = false;
      if (!server.listening) await listen(ownPort);
    },
    close: cut,
  };
}
