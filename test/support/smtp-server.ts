import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Certificate } from './certificates.js';

/** A mail as the server got it. */
export interface SmtpMail {
  from: string;
  to: string[];
  /** The headers and the body as they were sent. */
  raw: string;
  /** Decoded: the text part and the HTML part, one after the other. */
  text: string;
  messageId: string;
  encrypted: boolean;
  user: string | undefined;
}

/** `hang`: no answer. `drop`: the connection ends instead. Anything else is the answer. */
type Answer = string;

export interface SmtpBehavior {
  greeting?: () => Answer;
  mailFrom?: () => Answer;
  rcptTo?: (address: string) => Answer;
  /** After the content of a mail, which counts as taken if the answer is 2xx or `drop`. */
  content?: (mail: SmtpMail) => Answer | Promise<Answer>;
}

/** A mail server on this machine, as good or as bad as a test needs it. */
export class SmtpServer {
  readonly mails: SmtpMail[] = [];
  /** Every command of all connections, so that a test sees what was sent in clear. */
  readonly clear: string[] = [];
  connections = 0;
  behave: SmtpBehavior = {};
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly certificate: Certificate | undefined,
    readonly port: number,
  ) {}

  /** @param certificate offers STARTTLS with it */
  static async start(certificate?: Certificate, port = 0): Promise<SmtpServer> {
    const server = createServer();
    await once(server.listen(port, '127.0.0.1'), 'listening');
    // 127.0.0.2 leads here too, and is no name of this machine that we know.
    const other = createServer((socket) => server.emit('connection', socket));
    const { port: chosen } = server.address() as AddressInfo;
    await once(other.listen(chosen, '127.0.0.2'), 'listening');
    server.once('close', () => other.close());
    const smtp = new SmtpServer(server, certificate, chosen);
    server.on('connection', (socket: Socket) => void smtp.serve(socket));
    return smtp;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    if (this.server.listening) await new Promise((resolve) => this.server.close(resolve));
  }

  private async serve(socket: Socket): Promise<void> {
    this.connections++;
    this.sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket));
    // The client may go at any time.
    await new Session(socket, this, this.certificate)
      .run(this.behave.greeting?.() ?? '220 here')
      .catch(() => undefined);
  }
}

class Session {
  private mail = { from: '', to: [] as string[] };
  private user: string | undefined;
  private isEncrypted = false;

  constructor(
    private socket: Socket,
    private readonly server: SmtpServer,
    private readonly certificate: Certificate | undefined,
  ) {}

  async run(greeting: Answer): Promise<void> {
    if (!this.answer(greeting)) return;
    for (;;) {
      const isOver = await this.converse();
      if (isOver) return;
    }
  }

  /** False if the connection has ended, true if it goes on with TLS. */
  private async converse(): Promise<boolean> {
    let buffer = '';
    let isData = false;
    for await (const chunk of this.socket.iterator({ destroyOnReturn: false })) {
      buffer += (chunk as Buffer).toString('latin1');
      for (;;) {
        const end = isData ? buffer.indexOf('\r\n.\r\n') : buffer.indexOf('\r\n');
        if (end < 0) break;
        const part = buffer.slice(0, end);
        buffer = buffer.slice(end + (isData ? 5 : 2));
        if (!this.isEncrypted) this.server.clear.push(part);
        if (isData) {
          isData = false;
          if (!this.answer(await this.take(part))) return true;
        } else if (/^STARTTLS/i.test(part) && this.certificate) {
          this.answer('220 go on');
          return !(await this.encrypt());
        } else {
          const answer = this.command(part);
          isData = answer.startsWith('354');
          if (!this.answer(answer) || /^QUIT/i.test(part)) return true;
        }
      }
    }
    return true;
  }

  private async encrypt(): Promise<boolean> {
    const secured = new TLSSocket(this.socket, { isServer: true, ...this.certificate });
    this.socket = secured;
    this.isEncrypted = true;
    secured.on('error', () => undefined);
    return Promise.race([once(secured, 'secure').then(() => true), once(secured, 'close').then(() => false)]);
  }

  private command(line: string): Answer {
    const { behave } = this.server;
    const [, address = ''] = /<(.*)>/.exec(line) ?? [];
    if (/^EHLO/i.test(line))
      return this.certificate && !this.isEncrypted
        ? '250-here\r\n250-STARTTLS\r\n250 AUTH PLAIN'
        : '250-here\r\n250 AUTH PLAIN';
    if (/^AUTH PLAIN /i.test(line)) {
      const [, user, password] = Buffer.from(line.slice(11), 'base64').toString().split('\0');
      this.user = user;
      return password === 'wrong' ? '535 5.7.8 no' : '235 welcome';
    }
    if (/^MAIL FROM/i.test(line)) {
      this.mail = { from: address, to: [] };
      return behave.mailFrom?.() ?? '250 ok';
    }
    if (/^RCPT TO/i.test(line)) {
      this.mail.to.push(address);
      return behave.rcptTo?.(address) ?? '250 ok';
    }
    return /^DATA/i.test(line) ? '354 go on' : /^QUIT/i.test(line) ? '221 bye' : '250 ok';
  }

  private async take(raw: string): Promise<Answer> {
    const [, messageId = ''] = /^message-id: (.*)$/im.exec(raw) ?? [];
    const mail = {
      ...this.mail,
      raw,
      text: decode(raw),
      messageId,
      encrypted: this.isEncrypted,
      user: this.user,
    };
    const answer = (await this.server.behave.content?.(mail)) ?? '250 taken';
    if (/^2|^drop/.test(answer)) this.server.mails.push(mail);
    return answer;
  }

  /** False if the connection has ended. */
  private answer(text: Answer): boolean {
    if (text === 'drop') this.socket.destroy();
    else if (text !== 'hang' && this.socket.writable) this.socket.write(`${text}\r\n`);
    return text !== 'drop';
  }
}

/** The parts of a mail, as `nodemailer` encodes them. */
function decode(raw: string): string {
  return raw
    .split(/^--.*$/m)
    .map((part) => {
      const at = part.indexOf('\r\n\r\n');
      const [head, body] = [part.slice(0, at), part.slice(at + 4)];
      if (/encoding: base64/i.test(head)) return Buffer.from(body, 'base64').toString();
      if (!/encoding: quoted-printable/i.test(head)) return body;
      const bytes = body
        .replace(/=\r\n/g, '')
        .replace(/=([\dA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
      return Buffer.from(bytes, 'latin1').toString();
    })
    .join('\n');
}
