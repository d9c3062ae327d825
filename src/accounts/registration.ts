import { EmailTakenError } from '../errors/auth-errors.js';
import type { ClientInfo } from '../sessions/session-types.js';
import type { TokensService } from '../tokens/tokens.service.js';
import { canonicalEmail } from '../users/email.js';
import type { PasswordPolicy } from '../users/password-policy.js';
import type { Passwords } from '../users/passwords.js';
import type { UserRecord, UserStore } from '../users/user-store.js';
import type { AccountEvents } from './account-events.js';
import type { LoginOutcome } from './login-outcome.js';
import { assertAllowed, invalid } from './new-password.js';

/** What a registration asks for. */
export interface Registration {
  email: string;
  password: string;
  name?: string | null;
}

/** Creates accounts. */
export class Registrar {
  constructor(
    private readonly users: UserStore,
    private readonly passwords: Passwords,
    private readonly policy: PasswordPolicy,
    private readonly tokens: TokensService,
    private readonly events: AccountEvents,
  ) {}

  /** See `AuthService.register`. */
  async register(registration: Registration, client?: ClientInfo): Promise<LoginOutcome> {
    const user = await this.addUser(registration);
    try {
      const { tokens, sessionId } = await this.tokens.startSession(user, client);
      this.events.registered(user, client, sessionId);
      return { outcome: 'signed-in', user, tokens };
    } catch (error) {
      this.events.registered(user, client); // the account exists all the same
      throw error;
    }
  }

  /** See `AuthService.createUser`. */
  async create(registration: Registration, client?: ClientInfo): Promise<UserRecord> {
    const user = await this.addUser(registration);
    this.events.registered(user, client);
    return user;
  }

  private async addUser({ email, password, name }: Registration): Promise<UserRecord> {
    const canonical = canonicalEmail(email);
    if (!canonical) throw invalid('email', 'email must be an email address, such as ada@example.com');
    assertAllowed(this.policy, 'password', password, { email: canonical });

    const passwordHash = await this.passwords.hash(password);
    const user = await this.users.create({ email: canonical, name: name ?? null, passwordHash });
    if (!user) throw new EmailTakenError();
    return user;
  }
}
