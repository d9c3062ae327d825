import type { MailOutbox } from './mail-outbox.js';

const BATCH = 50;
const SOON_MS = 100;

/** Marks mails as sent, many in one statement. What cannot be marked now is kept for the next time. */
export class SentMails {
  private ids: string[] = [];
  private timer: NodeJS.Timeout | undefined;
  private flushing: Promise<void> | undefined;

  constructor(private readonly outbox: Pick<MailOutbox, 'sent'>) {}

  add(id: string): void {
    this.ids.push(id);
    if (this.ids.length >= BATCH) this.flush().catch(() => undefined);
    else this.timer ??= setTimeout(() => this.flush().catch(() => undefined), SOON_MS);
  }

  /**
   * Resolves when everything that was added is marked.
   * @throws UnavailableError when the outbox is unavailable
   */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.flushing;
    if (this.ids.length > 0)
      await (this.flushing ??= this.write().finally(() => (this.flushing = undefined)));
  }

  private async write(): Promise<void> {
    const ids = this.ids;
    this.ids = [];
    try {
      await this.outbox.sent(ids);
    } catch (error) {
      this.ids.push(...ids);
      throw error;
    }
  }
}
