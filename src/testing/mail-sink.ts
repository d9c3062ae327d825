import type { MailTemplateName } from '../mail/mail-data.js';
import type { MailTransport, OutgoingMail } from '../mail/mail-transport.js';

/** Which mails. */
export interface MailFilter {
  /** Only those to this address. */
  to?: string;
  /** Milliseconds to wait for the mail. Default 5,000. */
  within?: number;
}

/** The mails that people follow a link of, by what it is for: mostly the page it leads to. */
const MAIL_OF = {
  confirm: 'confirm-registration',
  verify: 'verify-email',
  reset: 'reset-password',
  'confirm-email': 'email-change-confirm',
  'undo-email': 'email-changed',
  restore: 'account-closing',
  'cancel-factors-reset': 'factors-reset-requested',
} as const satisfies Record<string, MailTemplateName>;

/** What a link is for: the page it leads to, such as `reset`, or the kind of mail that it is in, such as `strangers-failed`. */
export type LinkPurpose = keyof typeof MAIL_OF | MailTemplateName;

type Fits = (mail: OutgoingMail) => boolean;

/**
 * Receives mails in a test: pass it as `mail.transport`. Mails are sent a moment after the call that causes them, so its methods
 * wait. Each of `next` and `linkFor` returns every mail once.
 */
export class MailSink implements MailTransport {
  /** All mails so far, the oldest first. */
  readonly mails: OutgoingMail[] = [];
  private readonly read = new Set<OutgoingMail>();
  private readonly waiting = new Set<() => void>();

  /** Receives a mail. */
  async send(mail: OutgoingMail): Promise<void> {
    this.mails.push(mail);
    for (const look of this.waiting) look();
  }

  /** The mail that came last, if there is any. Does not wait. */
  last(): OutgoingMail | undefined {
    return this.mails.at(-1);
  }

  /**
   * Returns the oldest mail of this kind that was not returned yet, or waits for it.
   * @throws Error that says which mails came instead
   */
  async next(template: MailTemplateName, { to, within = 5_000 }: MailFilter = {}): Promise<OutgoingMail> {
    const fits: Fits = (mail) =>
      mail.template === template &&
      (to === undefined || mail.to === to.toLowerCase()) &&
      !this.read.has(mail);
    const mail = await this.found(fits, within);
    if (!mail) throw new Error(this.explain(template, to, within));
    this.read.add(mail);
    return mail;
  }

  /**
   * Returns the link of the next mail with it: see `next`. `await mails.linkFor('reset', { to: email })` is the link that resets
   * a forgotten password.
   * @throws Error that says which mails came instead
   */
  async linkFor(purpose: LinkPurpose, filter: MailFilter = {}): Promise<string> {
    const template =
      purpose in MAIL_OF ? MAIL_OF[purpose as keyof typeof MAIL_OF] : (purpose as MailTemplateName);
    const { text } = await this.next(template, filter);
    const links = text.match(/\bhttps?:\/\/\S+/g) ?? [];
    const link = links.find((each) => each.includes('#t=')) ?? links[0];
    if (link === undefined) throw new Error(`The mail ${template} has no link: ${text}`);
    return link;
  }

  /** Forgets all mails. */
  clear(): void {
    this.mails.length = 0;
    this.read.clear();
  }

  private found(fits: Fits, within: number): Promise<OutgoingMail | undefined> {
    const mail = this.mails.find(fits);
    if (mail) return Promise.resolve(mail);
    return new Promise((resolve) => {
      const finish = (found: OutgoingMail | undefined) => {
        clearTimeout(timer);
        this.waiting.delete(look);
        resolve(found);
      };
      const look = () => {
        const found = this.mails.find(fits);
        if (found) finish(found);
      };
      const timer = setTimeout(() => finish(undefined), within);
      this.waiting.add(look);
    });
  }

  private explain(template: string, to: string | undefined, within: number): string {
    const came = this.mails.map((mail) => `${mail.template} to ${mail.to}`).join(', ') || 'none';
    return `No mail ${template}${to === undefined ? '' : ` to ${to}`} within ${within} ms. Mails so far: ${came}`;
  }
}
