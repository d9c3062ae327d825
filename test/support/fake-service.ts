import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeService {
  url: string;
  /** What arrived, the oldest first. */
  requests: { path: string; headers: IncomingHttpHeaders; body: string }[];
  /** Answers the next requests. */
  answer: (response: ServerResponse) => unknown;
  close(): Promise<void>;
}

/** A server that answers as a test demands: what the service, a proxy or a captive portal might. */
export async function startFakeService(): Promise<FakeService> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => {
        const body = Buffer.concat(chunks).toString();
        service.requests.push({ path: request.url!, headers: request.headers, body });
        service.answer(response);
      });
  });
  const service: FakeService = {
    url: '',
    requests: [],
    answer: (response) => response.writeHead(503).end(),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  service.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return service;
}
