import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { selfSigned } from '../support/certificates.js';

/** Stands in front of a service with TLS and a certificate that it has just made, for clients that insist on https. */
export async function startTlsFront(target: string) {
  const server = createServer(await selfSigned({ ip: ['127.0.0.1'] }), async ({ url }, response) => {
    const answer = await fetch(new URL(url!, target));
    const contentType = answer.headers.get('content-type')!;
    response.writeHead(answer.status, { 'content-type': contentType }).end(await answer.text());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `https://127.0.0.1:${port}`, close: () => server.close() };
}
