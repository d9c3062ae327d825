import { maskEmail } from '../users/email.js';
import { CODE_MAILS } from './mail-data.js';
import { delayAfter, reasonOf } from './mail-failure.js';
import { type LeasedMail, OUTBOX_TIMES } from './mail-outbox.js';
import { MailRefusedError, MailServerAwayError, type MailTransport } from './mail-transport.js';
import type { MailWorkerParts } from './mail-worker-parts.js';
import { Outage } from './outage.js';
import { SentMails } from './sent-mails.js';
import { Signal } from './signal.js';

const BATCH = 100;
/** About three days. */
const MOST_ATTEMPTS = 150;
/** No attempt takes longer, and none begins so late that the lease could end before it. */
const SEND_MS = 45_000;
/** How long a stop waits for the mails that are on their way. */
const GRACE_MS = 5_000;

type Waiting = LeasedMail & { deadline: number };

/**
 * Sends what is in the outbox, several mails at the same time. The secret of a link is made here, when its mail is sent. After
 * a crash a mail may be sent a second time, with the same Message-ID. While the mail server is away, one mail at a time is tried.
 */
export class MailWorker {
  /** Since the process started; `dropped`: links that were dead before they were sent. */
  readonly counts = { sent: 0, failed: 0, retried: 0, dropped: 0 };
  private readonly waiting: Waiting[] = [];
  private readonly marked: SentMails;
  private readonly news = new Signal();
  private readonly lanes = new Set<Promise<void>>();
  private running: Promise<void> | undefined;
  private stopping = false;
  private readonly outage: Outage;

  constructor(private readonly parts: MailWorkerParts) {
    this.marked = new SentMails(parts.outbox);
    this.outage = new Outage(parts.warn);
  }

  /** What it sends with. */
  get transport(): MailTransport {
    return this.parts.transport;
  }

  onApplicationBootstrap(): void {
    this.running ??= this.run();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping = true;
    this.news.give();
    const { transport } = this.parts;
    const returned = this.giveBack().catch(() => undefined);
    let timer: NodeJS.Timeout | undefined;
    const grace = new Promise((resolve) => (timer = setTimeout(resolve, GRACE_MS)));
    await Promise.race([Promise.all([this.running, ...this.lanes]), grace]);
    clearTimeout(timer);
    // What cannot be marked now is sent again: its lease ends.
    await this.marked.flush().catch(() => undefined);
    await returned;
    await transport.close?.();
  }

  private async run(): Promise<void> {
    try {
      await this.parts.listen(() => this.news.give());
    } catch (error) {
      this.parts.warn(`New mails are not heard of: ${(error as Error).message}`);
    }
    while (!this.stopping) {
      const pause = await this.fill().catch((error: Error) => {
        this.outage.report(`Mails cannot be read from the outbox: ${error.message}`);
        return this.parts.pollMs();
      });
      if (pause > 0 && !this.stopping) await this.news.wait(pause);
    }
  }

  /** Leases mails and begins to send them. Returns how long there is nothing to lease. */
  private async fill(): Promise<number> {
    const { outbox, concurrency, pollMs } = this.parts;
    const { pause, isOn } = this.outage;
    if (pause > 0) {
      this.news.clear(); // a new mail does not make the server answer
      return pause;
    }
    if (this.waiting.length >= concurrency || (isOn && this.lanes.size > 0)) return pollMs();
    await this.marked.flush(); // otherwise a mail whose lease has ended would be sent again
    const wanted = isOn ? 1 : BATCH;
    const deadline = performance.now() + OUTBOX_TIMES.lease * 1_000 - SEND_MS;
    const leased = await outbox.lease(wanted);
    if (this.stopping) {
      await outbox.release(leased.map(({ id }) => id));
      return 0;
    }
    this.waiting.push(...leased.map((mail) => ({ ...mail, deadline })));
    this.openLanes();
    return leased.length < wanted ? pollMs() : 0;
  }

  private openLanes(): void {
    const most = this.outage.isOn ? 1 : this.parts.concurrency;
    for (let free = Math.min(most - this.lanes.size, this.waiting.length); free > 0; free--) {
      const lane: Promise<void> = this.sendWaiting().finally(() => {
        this.lanes.delete(lane);
        this.news.give();
      });
      this.lanes.add(lane);
    }
  }

  private async sendWaiting(): Promise<void> {
    for (let mail = this.waiting.shift(); mail; mail = this.waiting.shift()) {
      if (this.waiting.length === this.parts.concurrency - 1) this.news.give();
      if (performance.now() < mail.deadline) await this.deliver(mail);
    }
  }

  /** Never rejects. */
  private async deliver(mail: Waiting): Promise<void> {
    let token: string | undefined;
    try {
      if (mail.actionId !== null) {
        token = await this.secretOf(mail.actionId, mail.template);
        if (token === undefined) {
          this.counts.dropped++;
          return this.marked.add(mail.id);
        }
      }
      await this.send(mail, token);
      this.counts.sent++;
      this.marked.add(mail.id);
      this.outage.end();
    } catch (error) {
      await this.notSent(mail, error, reasonOf(error, [token, mail.recipient])).catch((cause: Error) =>
        this.outage.report(`The outbox cannot be written: ${cause.message}`),
      );
    }
  }

  private async secretOf(actionId: string, template: string): Promise<string | undefined> {
    if (!this.parts.secrets) throw new Error('nothing makes the secrets of links');
    return this.parts.secrets.issue(actionId, CODE_MAILS.has(template) ? 'code' : 'token');
  }

  private async send(mail: Waiting, token: string | undefined): Promise<void> {
    const { writer, transport } = this.parts;
    const written = await writer.write(mail, token);
    const sending = transport.send({
      to: mail.recipient,
      ...written,
      // RFC 3834: nobody answers it automatically.
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
      messageId: `<${mail.id}@${writer.links.domain}>`,
      template: mail.template,
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new MailServerAwayError('it took too long')), SEND_MS);
    });
    await Promise.race([sending, late]).finally(() => clearTimeout(timer));
  }

  private async notSent(mail: Waiting, error: unknown, reason: string): Promise<void> {
    const { outbox, delay = delayAfter } = this.parts;
    const isFinal = error instanceof MailRefusedError || mail.attempts >= MOST_ATTEMPTS;
    if (!(error instanceof MailServerAwayError)) this.outage.end();
    else if (this.outage.begin(reason)) await this.giveBack();
    if (!isFinal) {
      this.counts.retried++;
      return outbox.retryLater(mail.id, reason, delay(mail.attempts));
    }
    await outbox.failed(mail.id, reason);
    this.counts.failed++;
    const { id, template, recipient, userId } = mail;
    const email = maskEmail(recipient);
    this.parts.warn(`The mail ${id} (${template}) to ${email} was given up: ${reason}`);
    const who = userId === null ? {} : { userId };
    this.parts.events.emit({ type: 'mail-failed', ...who, mailId: id, template, email, reason });
  }

  /** Those that were leased and not tried yet. */
  private async giveBack(): Promise<void> {
    const ids = this.waiting.splice(0).map(({ id }) => id);
    if (ids.length > 0) await this.parts.outbox.release(ids);
  }
}
