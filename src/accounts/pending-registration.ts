import { randomBytes, randomUUID } from 'node:crypto';
import type { ActionPayloads } from '../actions/action-payloads.js';
import { ACTION_LIFETIMES } from '../actions/action-purposes.js';
import { type ActionTokens, consume, isEqual, sha256 } from '../actions/action-tokens.js';
import type { Action } from '../actions/action-store.js';
import { ActionTokenInvalidError, InvalidCredentialsError } from '../errors/auth-errors.js';
import type { ClientInfo } from '../sessions/session-types.js';
import type { LoginGate } from '../mfa/login-gate.js';
import type { DeviceProofs } from '../tokens/device-proofs.js';
import type { TokensService } from '../tokens/tokens.service.js';
import type { Passwords } from '../users/passwords.js';
import type { NewUser, UserStore } from '../users/user-store.js';
import type { AccountEvents } from './account-events.js';
import type { AccountWork } from './account-work.js';
import { stranger } from './applicants.js';
import { firstSession } from './first-session.js';
import type { LoginOutcome } from './login-outcome.js';
import { expiryOf, occasionOf } from './mail-data.js';
import type { MailboxLimits } from './mailbox-limits.js';
import type { NewAccounts, Registration } from './new-accounts.js';

/** What confirms a registration, besides the browser in which it began. */
export interface Confirmation {
  token: string;
  /** The password that was chosen. */
  password?: string;
}

type Payload = Pick<NewUser, 'name' | 'passwordHash' | 'fields'>;

/** More than anyone needs who has forgotten which of their passwords it was. */
const MAX_ATTEMPTS = 10;

/** Registrations of people who must first prove their address: until then, there is no account. */
export class PendingRegistrations {
  constructor(
    private readonly users: UserStore,
    private readonly accounts: NewAccounts,
    private readonly passwords: Passwords,
    private readonly tokens: TokensService,
    private readonly work: AccountWork,
    private readonly links: ActionTokens,
    private readonly payloads: ActionPayloads,
    private readonly limits: MailboxLimits,
    private readonly events: AccountEvents,
    private readonly devices: DeviceProofs,
    private readonly gate?: LoginGate,
  ) {}

  /**
   * Mails a link that completes the registration. If the address is taken, its owner gets a mail that says so; nobody
   * else can tell the difference. Returns a secret for the browser in which the registration began.
   * @throws ValidationFailedError
   */
  async begin(registration: Registration, client?: ClientInfo, fields?: object): Promise<string> {
    const { email, name } = this.accounts.check(registration);
    const passwordHash = await this.passwords.hash(registration.password, stranger(client, true));
    const allowed = await this.limits.allow(email);
    const owner = await this.users.findByEmail(email);
    const isReserved = await this.work.records.actions.isReserved(email);
    const id = randomUUID();
    const secret = randomBytes(32);
    const payload: Payload = { name, passwordHash, ...(fields && { fields: { ...fields } }) };
    const sealed = this.payloads.seal(payload, { id, purpose: 'register' });
    await this.work.note(async ({ actions, mail, doOrPretend }) => {
      // For a taken address too, where no secret is ever made for it: both cases write the same.
      await actions.create({ id, purpose: 'register', email, binding: sha256(secret), payload: sealed });
      const send = () =>
        owner || isReserved
          ? mail({ template: 'address-taken', to: email, userId: owner?.id, data: occasionOf(client) })
          : mail({
              template: 'confirm-registration',
              to: email,
              actionId: id,
              data: { name, ...expiryOf(ACTION_LIFETIMES.register) },
            });
      await doOrPretend(allowed, send);
    });
    return secret.toString('base64url');
  }

  /**
   * Creates the account and starts its first session.
   * @param browser the secret that {@link begin} returned, if this is the same browser: then no password is needed. Whoever
   *   follows the link of a registration that somebody else began has neither
   * @throws ActionTokenInvalidError; InvalidCredentialsError if it is another browser and the password is missing or wrong
   */
  async confirm(
    { token, password }: Confirmation,
    browser?: string,
    client?: ClientInfo,
  ): Promise<LoginOutcome> {
    const presented = await this.links.read(token, 'register');
    const { action } = presented;
    const payload = this.payloads.open(action.payload, action) as Payload | null;
    if (!payload) throw new ActionTokenInvalidError();
    if (!isBound(action, browser)) await this.assertChosen(action, payload, password, client);
    const email = action.email!;
    const user = await this.work.change(null, async ({ users, actions, states }) => {
      await consume(presented, actions);
      const created = (await actions.isReserved(email)) ? null : await users.create({ email, ...payload });
      if (!created) throw new ActionTokenInvalidError();
      await states.prove(created.id, email);
      return created;
    });
    const { tokens, events, gate } = this;
    const session = await firstSession(user, { tokens, events, gate }, client);
    if ('missing' in session) return gate!.stop(user, session.missing, client);
    const deviceProof = await this.devices.issue(user);
    return { outcome: 'signed-in', user, tokens: session.tokens, deviceProof };
  }

  private async assertChosen(
    { id }: Action,
    { passwordHash }: Payload,
    password: string | undefined,
    client?: ClientInfo,
  ): Promise<void> {
    if (password === undefined) throw wrongPassword();
    if (!(await this.work.records.actions.countAttempt(id, MAX_ATTEMPTS)))
      throw new ActionTokenInvalidError();
    if (!(await this.passwords.matches(passwordHash!, password, stranger(client, true))))
      throw wrongPassword();
  }
}

function isBound({ binding }: Action, browser: string | undefined): boolean {
  return (
    browser !== undefined && binding !== null && isEqual(binding, sha256(Buffer.from(browser, 'base64url')))
  );
}

function wrongPassword(): InvalidCredentialsError {
  const message = 'Enter the password that was chosen at the registration.';
  return new InvalidCredentialsError({ message, details: [{ field: 'password', message }] });
}
