import { randomUUID } from 'node:crypto';
import type { AccountMails } from '../actions/account-mails.js';
import type { AccountRecords } from '../actions/account-records.js';
import { codeHash, sha256 } from '../actions/action-tokens.js';
import { ActionTokenInvalidError, InvalidCodeError, RateLimitedError } from '../errors/auth-errors.js';
import type { ClientInfo } from '../sessions/session-types.js';
import type { UserRecord } from '../users/user-store.js';
import type { MfaTickets, PresentedTicket } from './mfa-tickets.js';

/** Whether another mail may be sent to a mailbox; counts it. */
export interface MailLimits {
  allow(canonicalEmail: string): Promise<boolean>;
}

const HOUR_SECONDS = 3_600;

/**
 * Lets users set up the second factor that the policy requires of them before their first login with it. Whoever has only
 * the password cannot: a code that is mailed to the owner is needed, too.
 */
export class MfaEnrolment {
  constructor(
    private readonly records: AccountRecords,
    private readonly mails: AccountMails,
    private readonly tickets: MfaTickets,
    private readonly limits: MailLimits,
  ) {}

  /**
   * Mails a code to the owner, and returns the ticket to which it belongs.
   * @throws RateLimitedError if the mailbox has got too many mails
   */
  async begin(user: UserRecord, client?: ClientInfo): Promise<string> {
    const { id: userId, email, name } = user;
    if (!(await this.limits.allow(email))) throw new RateLimitedError({ retryAfter: HOUR_SECONDS });
    const codeId = randomUUID();
    const data = { name, at: new Date().toISOString(), ...(client?.ip !== undefined && { ip: client.ip }) };
    await this.records.together(async ({ actions, manager }) => {
      await actions.create({ id: codeId, purpose: 'enrol-code', userId });
      await this.mails.enqueue(
        { template: 'enrolment-code', to: email, userId, actionId: codeId, data },
        manager,
      );
    });
    return this.tickets.issue(user, 'enrol-mfa', { codeId });
  }

  /**
   * Returns the user of a ticket whose mailed code was given now or before.
   * @throws ActionTokenInvalidError if the ticket is not good, also after five wrong codes; InvalidCodeError
   */
  async open(token: string, emailCode: string | undefined): Promise<UserRecord> {
    const ticket = await this.tickets.read(token, 'enrol-mfa');
    if (!isProven(ticket)) await this.prove(ticket, emailCode);
    return ticket.user;
  }

  /** Whether this is the ticket of a login that lacks its second step: nobody sets up a factor with it. */
  async isForLogin(token: string): Promise<boolean> {
    try {
      await this.tickets.read(token, 'login-mfa');
      return true;
    } catch (error) {
      if (error instanceof ActionTokenInvalidError) return false;
      throw error;
    }
  }

  private async prove(ticket: PresentedTicket, emailCode: string | undefined): Promise<void> {
    const { presented, codeId } = ticket;
    await this.tickets.countTry(ticket);
    const hash = codeId !== undefined && emailCode !== undefined && codeHash(codeId, emailCode);
    const { actions } = this.records;
    if (!codeId || !hash || !(await actions.consume(codeId, hash))) throw wrongCode();
    await actions.addSecret(presented.action.id, markOf(presented.action.id));
  }
}

/** Among the secrets of a ticket, it says that the mailed code was given. Nobody can present it: it is the hash of no token. */
const markOf = (ticketId: string) => sha256(Buffer.from(`the mailed code was given: ${ticketId}`));

const isProven = ({ presented: { action } }: PresentedTicket) =>
  action.secrets.some((secret) => secret.equals(markOf(action.id)));

function wrongCode(): InvalidCodeError {
  const message = 'The code from the mail is missing or wrong.';
  return new InvalidCodeError({ message, details: [{ field: 'emailCode', message }] });
}
