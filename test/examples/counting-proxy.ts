import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands between clients and the service, and counts the requests. */
export async function startProxy(target: string) {
  let requests = 0;
  const server = createServer(async ({ url }, response) => {
    requests++;
    const answer = await fetch(new URL(url!, target));
    const contentType = answer.headers.get('content-type')!;
    response.writeHead(answer.status, { 'content-type': contentType }).end(await answer.text());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, requests: () => requests, close: () => server.close() };
}
