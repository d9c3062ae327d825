import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Received {
  headers: IncomingHttpHeaders;
  body: string;
  events: { id: string; type: string; count: number; requestId: string | null }[];
}

export type Behavior = (request: Received, response: ServerResponse) => unknown;

const accept: Behavior = (_request, response) => response.writeHead(204).end();

/** A receiver of the audit trail on this machine, as an operator would write one. */
export class AuditReceiverServer {
  readonly requests: Received[] = [];
  /** The events of all requests that were answered with 204. */
  readonly accepted: Received['events'] = [];
  readonly secret = randomBytes(36).toString('base64url');
  behave: Behavior = accept;
  private readonly server = createServer((request, response) => {
    void text(request).then((body) => {
      const events = body
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Received['events'][number]);
      const received = { headers: request.headers, body, events };
      this.requests.push(received);
      response.once('finish', () => {
        if (response.statusCode === 204) this.accepted.push(...events);
      });
      this.behave(received, response);
    });
  });

  static async start(port = 0): Promise<AuditReceiverServer> {
    const receiver = new AuditReceiverServer();
    receiver.server.listen(port, '127.0.0.1');
    await once(receiver.server, 'listening');
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/audit`;
  }

  get ids(): string[] {
    return this.accepted.map(({ id }) => id);
  }

  accept(): void {
    this.behave = accept;
  }

  /** Whether a request was signed with the secret, as docs/audit.md checks it. */
  isGenuine({ headers, body }: Received): boolean {
    const [, time, signature] =
      /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['x-latchkey-signature'])) ?? [];
    return createHmac('sha256', this.secret).update(`${time}.${body}`).digest('hex') === signature;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
