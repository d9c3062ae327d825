/** A mail as it leaves. */
export interface OutgoingMail {
  /** One plain address in canonical form. */
  to: string;
  subject: string;
  text: string;
  html: string;
  /** More headers, such as `Auto-Submitted`. */
  headers: Readonly<Record<string, string>>;
  /** The same for each attempt to send a mail: with the angle brackets. */
  messageId: string;
  /** The kind of mail, such as `reset-password`. */
  template: string;
}

/**
 * Sends mails. `send` resolves when the mail was accepted for delivery, and rejects otherwise: with a `MailRefusedError` if
 * trying again is pointless, with any other error if it may work later. It settles within 45 seconds. It is called several
 * times at once, and again for a mail of which it is not known whether it was accepted: `messageId` is then the same.
 */
export interface MailTransport {
  /** Hands a mail over. */
  send(mail: OutgoingMail): Promise<void>;
  /** Whether mails could be sent now, for `latchkey doctor`: rejects with the reason if not. */
  verify?(): Promise<void>;
  /** Called when the app stops, after the last `send` has settled. */
  close?(): void | Promise<void>;
}

/** The mail was refused for good, such as for a mailbox that does not exist. */
export class MailRefusedError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MailRefusedError';
  }
}

/** Nobody could be asked: no mail can be sent now, whatever its recipient is. */
export class MailServerAwayError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MailServerAwayError';
  }
}
