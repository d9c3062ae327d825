import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';

/** One statement on its way: all messages up to the one after which PostgreSQL answers. */
export interface Statement {
  sql: string;
  /** Process id of the server's end, for `pg_terminate_backend`. */
  backend: number;
}

/** What happens to a statement or its answer: it is passed on, or the connection is cut silently. */
export type Fate = 'pass' | 'cut';

export interface Intervention {
  /** Before the server receives the statement. */
  before?(statement: Statement): Promise<Fate> | Fate;
  /** When the server has answered (and so committed), but the client does not know yet. */
  after?(statement: Statement): Promise<Fate> | Fate;
}

export interface PostgresProxy {
  url: string;
  intervention: Intervention;
  close(): void;
}

/** Sits between the service and PostgreSQL, and understands enough of the protocol to stop between two statements. */
export async function startPostgresProxy(databaseUrl: string): Promise<PostgresProxy> {
  const target = new URL(databaseUrl);
  const port = Number(target.port);
  const sockets = new Set<Socket>();
  const proxy = { intervention: {} } as PostgresProxy;
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = createConnection({ port, host: '127.0.0.1', noDelay: true });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    relay(client, upstream, proxy);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  target.port = String((server.address() as AddressInfo).port);
  proxy.url = target.href;
  proxy.close = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return proxy;
}

function relay(client: Socket, upstream: Socket, proxy: PostgresProxy): void {
  let backend = 0;
  let started = false;
  let asked: Statement | undefined;
  const question = new Messages(false);
  const answer = new Messages(true);
  let statement: Message[] = [];
  const prepared = new Map<string, string>();
  let held: Buffer[] = [];
  const cut = () => void client.destroy();

  // One chunk at a time, since an intervention may take a while.
  let asking = Promise.resolve();
  client.on('data', (chunk) => (asking = asking.then(() => ask(chunk)).catch(cut)));
  let answering = Promise.resolve();
  upstream.on('data', (chunk) => (answering = answering.then(() => tell(chunk)).catch(cut)));

  const ask = async (chunk: Buffer) => {
    for (const message of question.read(chunk)) {
      if (!started) {
        upstream.write(message.raw);
        continue;
      }
      statement.push(message);
      if (!['S', 'Q', 'X'].includes(message.type)) continue;
      const round = { sql: sqlOf(statement, prepared), backend };
      const raw = Buffer.concat(statement.map(({ raw }) => raw));
      statement = [];
      if ((await proxy.intervention.before?.(round)) === 'cut') return cut();
      asked = round;
      upstream.write(raw);
    }
  };

  const tell = async (chunk: Buffer) => {
    for (const message of answer.read(chunk)) {
      if (message.type === 'K') backend = message.raw.readInt32BE(5);
      held.push(message.raw);
      const ready = message.type === 'Z';
      if (ready && asked && (await proxy.intervention.after?.(asked)) === 'cut') return cut();
      if (ready) asked = undefined;
      if (ready) started = true;
      // No ReadyForQuery follows a fatal error.
      if (asked && message.type !== 'E') continue;
      client.write(Buffer.concat(held));
      held = [];
    }
  };
}

interface Message {
  type: string;
  raw: Buffer;
}

/** Cuts a stream into messages; a client's first message has no type. */
class Messages {
  private rest = Buffer.alloc(0);

  constructor(private typed: boolean) {}

  read(chunk: Buffer): Message[] {
    this.rest = Buffer.concat([this.rest, chunk]);
    const messages: Message[] = [];
    for (;;) {
      const offset = this.typed ? 1 : 0;
      if (this.rest.length < offset + 4) return messages;
      const length = offset + this.rest.readInt32BE(offset);
      if (this.rest.length < length) return messages;
      const type = this.typed ? String.fromCharCode(this.rest[0]!) : '';
      messages.push({ type, raw: this.rest.subarray(0, length) });
      this.rest = this.rest.subarray(length);
      this.typed = true;
    }
  }
}

/**
 * The text of a statement: from a simple query, a Parse message, or the earlier Parse message that a Bind
 * message names.
 */
function sqlOf(messages: Message[], prepared: Map<string, string>): string {
  const first = messages.find(({ type }) => ['Q', 'P', 'B'].includes(type));
  if (!first) return '';
  const [one = '', two = ''] = first.raw.subarray(5).toString('latin1').split('\0');
  if (first.type === 'Q') return one.trim();
  if (first.type === 'B') return prepared.get(two) ?? '';
  prepared.set(one, two.trim());
  return two.trim();
}
