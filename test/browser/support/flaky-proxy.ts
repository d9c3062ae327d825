import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as forward,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { transformSync } from '@swc/core';

/** What happens to one request on its way to the service and back. */
export type Fate =
  | 'ok'
  | 'request-lost'
  | 'response-lost'
  | 'response-cut'
  | 'never-answered'
  | 'busy'
  | { delayMs: number }
  | { heldUntil: Promise<unknown> }
  | { status: number; error?: string; headers?: Record<string, string> };

export interface FlakyProxy {
  /** An origin that serves a page with the client, and forwards everything else to the service. */
  url: string;
  /** The service behind it. */
  serviceUrl: string;
  /** Decides about each request to the service; by default it passes unharmed. */
  fate: (path: string) => Fate;
  /** The requests that arrived, and those that the service answered with 200, by path. */
  seen: Record<string, number>;
  succeeded: Record<string, number>;
  /** The headers of the last request, by path. */
  headers: Record<string, IncomingHttpHeaders>;
  close(): Promise<void>;
}

const CLIENT = join(import.meta.dirname, '../../../src/client');

const PAGE = `<!doctype html><title>An app</title>
<script type="module">
import { createLatchkeyClient } from '/client/latchkey-client.js';
Object.assign(window, { createLatchkeyClient });
</script>`;

/** A network between browsers and the service that loses, delays and breaks requests as a test demands. */
export async function startFlakyProxy(serviceUrl: string): Promise<FlakyProxy> {
  const proxy: FlakyProxy = {
    url: '',
    serviceUrl,
    fate: () => 'ok',
    seen: {},
    succeeded: {},
    headers: {},
    close,
  };
  const server = createServer((incoming, outgoing) => {
    const path = new URL(incoming.url!, serviceUrl).pathname;
    if (path === '/') return send(outgoing, 'text/html', PAGE);
    if (path.startsWith('/client/')) return send(outgoing, 'text/javascript', clientModule(path));
    proxy.seen[path] = (proxy.seen[path] ?? 0) + 1;
    proxy.headers[path] = incoming.headers;
    void relay(incoming, outgoing, proxy.serviceUrl, proxy.fate(path), () => {
      proxy.succeeded[path] = (proxy.succeeded[path] ?? 0) + 1;
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return proxy;

  async function close(): Promise<void> {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
}

async function relay(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  serviceUrl: string,
  fate: Fate,
  succeeded: () => void,
): Promise<void> {
  if (fate === 'request-lost') return void incoming.socket.destroy();
  if (fate === 'busy') fate = { status: 503, headers: { 'retry-after': '1' } };
  if (typeof fate === 'object' && 'status' in fate) {
    const { status, error = 'FATE', headers } = fate;
    return void outgoing.writeHead(status, headers).end(JSON.stringify({ statusCode: status, error }));
  }
  const { status, headers, body } = await ask(incoming, serviceUrl);
  if (status === 200) succeeded();
  if (fate === 'response-lost') return void incoming.socket.destroy();
  if (fate === 'never-answered') return;
  if (typeof fate === 'object' && 'delayMs' in fate) await setTimeout(fate.delayMs);
  if (typeof fate === 'object' && 'heldUntil' in fate) await fate.heldUntil;
  outgoing.writeHead(status, headers);
  if (fate !== 'response-cut') return void outgoing.end(body);
  outgoing.write(body.subarray(0, body.length / 2), () => incoming.socket.destroy());
}

async function ask(incoming: IncomingMessage, serviceUrl: string) {
  const { method, url, headers } = incoming;
  const outward = forward(new URL(url!, serviceUrl), { method, headers, agent: false });
  incoming.pipe(outward);
  const [answer] = (await once(outward, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return { status: answer.statusCode!, headers: answer.headers, body: Buffer.concat(chunks) };
}

function send(outgoing: ServerResponse, type: string, text: string): void {
  outgoing.writeHead(200, { 'content-type': `${type}; charset=utf-8` }).end(text);
}

/** A module of the client, as built. */
export function clientModule(path: string): string {
  const source = readFileSync(join(CLIENT, path.replace('/client/', '').replace(/\.js$/, '.ts')), 'utf8');
  return transformSync(source, { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }).code;
}
