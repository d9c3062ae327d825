import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';

interface Pair {
  client: Socket;
  server: Socket;
}

/** A network between two programs, with the faults that networks have. */
export interface TcpProxy {
  port: number;
  /** The next bytes that the server sends are lost, and the connection with them. */
  cutNextAnswer(): void;
  /** From now on nothing gets through and nobody is told, neither on these connections nor on new ones. */
  goSilent(): void;
  /** New connections work again; the old ones stay silent forever, as behind a firewall that has forgotten them. */
  heal(): void;
  /** Connections end, and new ones lead to another port. */
  leadTo(port: number): void;
  close(): Promise<void>;
}

export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const pairs = new Set<Pair>();
  let cutNext = false;
  let silent = false;
  let target = targetPort;
  const destroy = ({ client, server }: Pair) => {
    client.destroy();
    server.destroy();
  };

  const unheard: Socket[] = [];
  const proxy = createServer({ noDelay: true }, (client) => {
    // The server must not learn of it either: it would count connections that nobody has made.
    if (silent) return void unheard.push(client.on('error', () => undefined));
    const server = createConnection({ port: target, host: '127.0.0.1', noDelay: true });
    const pair = { client, server };
    pairs.add(pair);
    const isMute = () => !pairs.has(pair);
    const end = () => {
      if (isMute()) return;
      destroy(pair);
      pairs.delete(pair);
    };
    for (const socket of [client, server]) socket.on('error', () => undefined).on('close', end);
    client.on('data', (chunk) => isMute() || server.write(chunk));
    server.on('data', (chunk) => {
      if (isMute()) return;
      if (!cutNext) return void client.write(chunk);
      cutNext = false;
      end();
    });
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  const muted: Pair[] = [];
  return {
    port: (proxy.address() as AddressInfo).port,
    cutNextAnswer: () => (cutNext = true),
    goSilent: () => {
      silent = true;
      muted.push(...pairs);
      pairs.clear();
    },
    heal: () => (silent = false),
    leadTo: (port) => {
      target = port;
      for (const pair of pairs) destroy(pair);
    },
    close: async () => {
      for (const pair of [...pairs, ...muted]) destroy(pair);
      for (const client of unheard) client.destroy();
      proxy.close();
    },
  };
}
