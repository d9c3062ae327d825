import type { MailTransport, OutgoingMail } from './mail-transport.js';

/** A mail in a {@link Mailbox}. */
export interface ReceivedMail extends OutgoingMail {
  at: Date;
}

const KEPT = 50;

/** Keeps mails in memory instead of sending them: the last 50. For development. */
export class Mailbox implements MailTransport {
  private kept: ReceivedMail[] = [];
  private readonly listeners = new Set<(mail: ReceivedMail) => void>();

  /** Calls a function with each mail. */
  onMail(listener: (mail: ReceivedMail) => void): void {
    this.listeners.add(listener);
  }

  /** The newest first. */
  get mails(): readonly ReceivedMail[] {
    return this.kept;
  }

  /** Keeps the mail. */
  async send(mail: OutgoingMail): Promise<void> {
    const received = { ...mail, at: new Date() };
    // Sent again: the first one may not have arrived.
    this.kept = [received, ...this.kept.filter(({ messageId }) => messageId !== mail.messageId)].slice(
      0,
      KEPT,
    );
    for (const listener of this.listeners) listener(received);
  }
}
