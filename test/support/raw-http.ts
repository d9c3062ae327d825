import { createConnection, type Socket } from 'node:net';

export interface RawAnswer {
  status: number;
  headers: Record<string, string>;
  /** Parsed if it is JSON. */
  // oxlint-disable-next-line typescript/no-explicit-any -- its shape is what the tests are about
  body: any;
  /** Everything received until the server closed the connection. */
  text: string;
}

export function openSocket(url: string): Socket {
  const { hostname, port } = new URL(url);
  return createConnection(Number(port), hostname);
}

/** Sends bytes unchanged, and waits until the server closes the connection, which these tests require. */
export async function sendRaw(url: string, bytes: string | Buffer): Promise<RawAnswer> {
  const socket = openSocket(url);
  socket.write(bytes as Buffer);
  return parseAnswer(await received(socket));
}

export function received(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => undefined); // a reset also closes the connection
  return new Promise((resolve) => {
    socket.once('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
  });
}

export function parseAnswer(text: string): RawAnswer {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const body = rest.join('\r\n\r\n');
  const headers = lines
    .map((line) => /^([^:]+): ?(.*)$/.exec(line)!)
    .map(([, name, value]) => [name!.toLowerCase(), value!]);
  return {
    status: Number(first.split(' ')[1] ?? 0),
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: body.startsWith('{') ? JSON.parse(body) : body,
    text,
  };
}
