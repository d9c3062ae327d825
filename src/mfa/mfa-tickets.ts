import { createHash, randomUUID } from 'node:crypto';
import type { ActionPayloads } from '../actions/action-payloads.js';
import { ACTION_LIFETIMES } from '../actions/action-purposes.js';
import type { ActionStore } from '../actions/action-store.js';
import { type ActionTokens, newToken, type PresentedAction } from '../actions/action-tokens.js';
import { ActionTokenInvalidError } from '../errors/auth-errors.js';
import type { UserRecord, UserStore } from '../users/user-store.js';

/** Tickets of logins that lack their second factor, and of those whose user has to set one up first. */
export type TicketPurpose = 'login-mfa' | 'enrol-mfa';

interface Payload {
  /** Of the password hash that was verified: if the password changes, the ticket is dead. */
  passwordMark: string;
  /** The device that has signed in before, if it was one. */
  device?: string | undefined;
  /** The action whose code was mailed, if that is needed. */
  codeId?: string | undefined;
}

/** A ticket that is good, with its user as stored now. */
export interface PresentedTicket {
  presented: PresentedAction;
  user: UserRecord;
  /** The epoch of the account in which it is good. */
  epoch: number;
  device: string | undefined;
  codeId: string | undefined;
}

/** How often the second factor may be tried with one ticket. */
const MAX_TRIES = 5;
const MESSAGE = 'This login has expired or was completed: log in again.';

/**
 * What a login hands out after the right password while a second factor is missing. It is an action, not a token: no route
 * takes it for a session, and it dies with any change to the account.
 */
export class MfaTickets {
  constructor(
    private readonly users: UserStore,
    private readonly actions: ActionStore,
    private readonly tokens: ActionTokens,
    private readonly payloads: ActionPayloads,
  ) {}

  /** @param about what the ticket remembers */
  async issue(
    user: UserRecord,
    purpose: TicketPurpose,
    about: Omit<Payload, 'passwordMark'> = {},
  ): Promise<string> {
    const id = randomUUID();
    const payload: Payload = { passwordMark: markOf(user), ...about };
    const sealed = this.payloads.seal(payload, { id, purpose });
    const { shown, stored } = newToken(id);
    await this.actions.create({ id, purpose, userId: user.id, payload: sealed, secrets: [stored] });
    return shown;
  }

  /**
   * Returns a ticket that may be used, without counting or using it.
   * @throws ActionTokenInvalidError if it is unknown, used or expired, or the account or its password has changed
   */
  async read(token: string, purpose: TicketPurpose): Promise<PresentedTicket> {
    const presented = await this.tokens.read(token, purpose).catch((error: unknown) => {
      throw error instanceof ActionTokenInvalidError ? invalid() : error;
    });
    const { action } = presented;
    const user = await this.users.findById(action.userId!);
    const payload = this.payloads.open(action.payload, action) as Payload | null;
    if (!user || user.disabled || payload?.passwordMark !== markOf(user)) throw invalid();
    return { presented, user, epoch: action.epoch!, device: payload.device, codeId: payload.codeId };
  }

  /** Counts a try. @throws ActionTokenInvalidError after five tries */
  async countTry({ presented }: PresentedTicket): Promise<void> {
    if (!(await this.actions.countAttempt(presented.action.id, MAX_TRIES))) throw invalid();
  }

  /** Uses the ticket up: of parallel calls, only one succeeds. @throws ActionTokenInvalidError */
  async consume({ presented: { action, secret } }: PresentedTicket): Promise<void> {
    if (!(await this.actions.consume(action.id, secret))) throw invalid();
  }
}

/** Seconds for which a ticket is good. */
export const ticketLifetime = (purpose: TicketPurpose): number => ACTION_LIFETIMES[purpose];

const invalid = () => new ActionTokenInvalidError({ message: MESSAGE });

function markOf({ id, passwordHash }: UserRecord): string {
  return createHash('sha256')
    .update(`${id} ${passwordHash ?? ''}`)
    .digest('base64url');
}
