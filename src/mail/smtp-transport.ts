import { mailAddress } from './mail-address.js';
import {
  MailRefusedError,
  MailServerAwayError,
  type MailTransport,
  type OutgoingMail,
} from './mail-transport.js';
import type { SmtpServer } from './smtp-url.js';

/** Who mails are from. */
export interface MailSender {
  name: string;
  address: string;
}

/** How mails are handed to a mail server. */
export interface SmtpSettings {
  /** Behind a function, because it contains a password and options are printed. */
  server: () => SmtpServer;
  from: MailSender;
  /** The certificate authorities to trust in place of the usual ones. */
  tlsCa?: readonly string[] | undefined;
  /** How many connections there are at most. */
  connections: number;
  /** Limits in milliseconds. */
  limits?: { connect: number; silence: number };
}

/** The part of `nodemailer` that is used here: its own types would force every host to install it. */
interface Nodemailer {
  createTransport(options: object): {
    sendMail(mail: object): Promise<unknown>;
    verify(): Promise<unknown>;
    close(): void;
    on(event: 'error', listener: () => void): unknown;
  };
}
type Pool = ReturnType<Nodemailer['createTransport']>;

const LIMITS = { connect: 10_000, silence: 20_000 };
/** What a server answers about one mail: everything else concerns all of them. */
const ABOUT_THIS_MAIL = new Set(['EENVELOPE', 'EMESSAGE']);

/**
 * Hands mails to a mail server by SMTP, over connections that are kept. The server must offer TLS with a valid certificate,
 * unless it is on this machine. `nodemailer` is loaded for the first mail.
 */
export class SmtpTransport implements MailTransport {
  readonly #settings: SmtpSettings;
  #pool: Promise<Pool> | undefined;

  constructor(settings: SmtpSettings) {
    this.#settings = settings;
  }

  /**
   * Hands a mail to the mail server.
   * @throws MailRefusedError if the server does not take it for good
   */
  async send({ to, subject, text, html, headers, messageId }: OutgoingMail): Promise<void> {
    const { from } = this.#settings;
    const address = mailAddress(to);
    const pool = await this.pool();
    const mail = {
      from,
      // As an object: text would be parsed as a list of addresses.
      to: { name: '', address },
      envelope: { from: from.address, to: [address] },
      subject,
      text,
      html,
      headers,
      messageId,
      disableFileAccess: true,
      disableUrlAccess: true,
    };
    await pool.sendMail(mail).catch((error: unknown) => {
      throw explain(error as SmtpError);
    });
  }

  async verify(): Promise<void> {
    const pool = await this.pool();
    await pool.verify().catch((error: unknown) => {
      throw explain(error as SmtpError);
    });
  }

  async close(): Promise<void> {
    const pool = await this.#pool?.catch(() => undefined);
    pool?.close();
  }

  /** @throws MailServerAwayError that says what to install */
  private pool(): Promise<Pool> {
    return (this.#pool ??= this.open().catch((error: unknown) => {
      this.#pool = undefined;
      throw error;
    }));
  }

  private async open(): Promise<Pool> {
    const nodemailer = await loadNodemailer();
    const { server, tlsCa, connections, limits = LIMITS } = this.#settings;
    const { host, port, secure, isLoopback, user, password, name } = server();
    const pool = nodemailer.createTransport({
      host,
      port,
      secure,
      ...(name !== undefined && { name }),
      ...(user !== undefined && { auth: { user, pass: password } }),
      ...(!secure && (isLoopback ? { ignoreTLS: true } : { requireTLS: true })),
      tls: { rejectUnauthorized: true, minVersion: 'TLSv1.2', ...(tlsCa?.length && { ca: [...tlsCa] }) },
      pool: true,
      maxConnections: connections,
      maxMessages: 1_000,
      // Whether a mail is sent again after a lost connection is decided by the outbox.
      maxRequeues: 0,
      connectionTimeout: limits.connect,
      greetingTimeout: limits.connect,
      dnsTimeout: limits.connect,
      socketTimeout: limits.silence,
      disableFileAccess: true,
      disableUrlAccess: true,
      logger: false,
      debug: false,
    });
    // Of an idle connection: the next mail opens another one.
    pool.on('error', () => undefined);
    return pool;
  }
}

async function loadNodemailer(): Promise<Nodemailer> {
  let module: Partial<Nodemailer> & { default?: Nodemailer };
  try {
    module = (await import('nodemailer')) as unknown as typeof module;
  } catch (cause) {
    throw new MailServerAwayError('Mail by SMTP needs the package nodemailer: npm install nodemailer', {
      cause,
    });
  }
  return module.createTransport ? (module as Nodemailer) : module.default!;
}

interface SmtpError extends Error {
  code?: string;
  /** The status that the server answered with. */
  responseCode?: number;
  response?: string;
}

function explain(error: SmtpError): Error {
  const { code = '', responseCode = 0, response, message } = error;
  const reason = response ? `the mail server answered: ${response}` : `the mail server: ${message || code}`;
  if (!ABOUT_THIS_MAIL.has(code)) return new MailServerAwayError(reason, { cause: error });
  // 421: the server closes the connection, whatever it was asked (RFC 5321 §3.8).
  if (responseCode === 421) return new MailServerAwayError(reason, { cause: error });
  return responseCode >= 500 && responseCode < 600
    ? new MailRefusedError(reason, { cause: error })
    : new Error(reason, { cause: error });
}
