import { EmailNotVerifiedError, InvalidCredentialsError } from '../errors/auth-errors.js';
import type { SessionAuthentication } from '../sessions/authentication.js';
import type { ClientInfo } from '../sessions/session-types.js';
import { canonicalEmail } from '../users/email.js';
import type { LoginContext, LoginGate, Missing } from '../mfa/login-gate.js';
import type { DeviceProofs } from '../tokens/device-proofs.js';
import type { Passwords } from '../users/passwords.js';
import type { UserRecord, UserStore } from '../users/user-store.js';
import { owner, stranger } from './applicants.js';
import type { AccountEvents } from './account-events.js';
import type { EmailVerification } from './email-verification.js';
import type { Authenticated, LoginOutcome } from './login-outcome.js';
import type { PasswordAttempts } from './password-attempts.js';
import type { SessionStart } from './session-start.js';

/** An email address as the user typed it, and the password. */
export interface Credentials {
  email: string;
  password: string;
}

/** Logs users in with a password, or after the host has identified them. */
export class Login {
  /**
   * @param verification given if the address must be proven before a login with a password
   * @param gate given if there are second factors
   */
  constructor(
    private readonly users: UserStore,
    private readonly passwords: Passwords,
    private readonly attempts: PasswordAttempts,
    private readonly sessions: SessionStart,
    private readonly events: AccountEvents,
    private readonly devices: DeviceProofs,
    private readonly verification?: Pick<EmailVerification, 'isProven' | 'send'>,
    private readonly gate?: LoginGate,
  ) {}

  /** See `AuthService.login`. */
  async withPassword(
    { email, password }: Credentials,
    client?: ClientInfo,
    deviceProof?: string,
    trustedDevice?: string,
  ): Promise<LoginOutcome> {
    const context = { client, trustedDevice };
    const canonical = canonicalEmail(email);
    const found = canonical ? await this.users.findByEmail(canonical) : null;
    const device = this.devices.recognize(deviceProof, found);
    const check = async (isOff: boolean, failedBefore: boolean, isKnown: boolean): Promise<LoginOutcome> => {
      const applicant = found && isKnown ? owner(found.id, client) : stranger(client, failedBefore);
      const verified = await this.passwords.verify(found, password, applicant);
      if (!found || !verified || isOff) return this.refuse(canonical ?? email, found, client);
      await this.assertProven(found);
      // A device that counts as a stranger again gets a proof of its own, apart from one that may have been stolen.
      return this.enter(found, password, context, isKnown ? device : undefined);
    };
    // Text that is not an email address belongs to no account, so there is nothing to guess.
    if (!canonical) return check(false, false, false);
    return this.attempts.run({ email: canonical, userId: found?.id ?? null }, check, client, device);
  }

  /** See `AuthService.startSession`. */
  async asIdentified(
    id: string,
    client?: ClientInfo,
    authentication?: SessionAuthentication,
  ): Promise<Authenticated> {
    const found = await this.users.findById(id);
    if (!found || found.disabled) throw new InvalidCredentialsError();
    const start = await this.sessions.begin(found, (now) => !now.disabled, client, authentication);
    if (start.outcome === 'changed') throw new InvalidCredentialsError();
    this.events.loggedIn(start.user, start.sessionId, client);
    const deviceProof = await this.devices.issue(start.user);
    return { outcome: 'signed-in', user: start.user, tokens: start.tokens, deviceProof };
  }

  /** Only after the right password, so that nobody else learns that there is such an account. */
  private async assertProven(user: UserRecord): Promise<void> {
    if (!this.verification || (await this.verification.isProven(user))) return;
    await this.verification.send(user);
    throw new EmailNotVerifiedError();
  }

  private async enter(
    found: UserRecord,
    password: string,
    context: LoginContext,
    device?: string,
  ): Promise<LoginOutcome> {
    const { client } = context;
    const missing = await this.gate?.missingFor(found, context);
    if (missing) return this.stop(found, password, { missing, device }, client);
    const isStillGood = async (now: UserRecord) => {
      const isSame = !now.disabled && now.passwordHash === found.passwordHash;
      if (!isSame && !(await this.passwords.verify(now, password, owner(now.id, client)))) return false;
      // A factor may have been added meanwhile, which ended all sessions but this one.
      return !(await this.gate?.missingFor(now, context));
    };
    const start = await this.sessions.begin(found, isStillGood, client);
    if (start.outcome === 'changed') return this.refuse(found.email, start.user, client);
    const { user, tokens, sessionId } = start;
    const passwordHash = await this.passwords.refreshHash(user, password, owner(user.id, client));
    this.events.loggedIn(user, sessionId, client, device !== undefined);
    const deviceProof = await this.devices.issue({ id: user.id, passwordHash }, device);
    return { outcome: 'signed-in', user, tokens, deviceProof };
  }

  /** No session before the last factor. */
  private async stop(
    found: UserRecord,
    password: string,
    { missing, device }: { missing: Missing; device: string | undefined },
    client?: ClientInfo,
  ): Promise<LoginOutcome> {
    // Now, because the ticket is bound to the hash: a later change of the password makes it worthless.
    await this.passwords.refreshHash(found, password, owner(found.id, client));
    const user = await this.users.findById(found.id);
    const isSame = user?.passwordHash === found.passwordHash;
    const isGood = isSame || (await this.passwords.verify(user, password, owner(found.id, client)));
    if (!user || user.disabled || !isGood) return this.refuse(found.email, user, client);
    return this.gate!.stop(user, missing, client, device);
  }

  private refuse(email: string, user: UserRecord | null, client?: ClientInfo): never {
    this.events.loginFailed(email, user, client);
    throw new InvalidCredentialsError();
  }
}
