import type { ClientInfo } from '../sessions/session-types.js';
import type { TokensService } from '../tokens/tokens.service.js';
import type { UserRecord } from '../users/user-store.js';
import { stranger } from './applicants.js';
import type { AccountEvents } from './account-events.js';
import type { LoginOutcome } from './login-outcome.js';
import type { NewAccounts, Registration } from './new-accounts.js';

/** Registers users, with or without starting a session. */
export class Registrar {
  /** @param noFields what a registration without fields passes on; `undefined` in apps that have no fields */
  constructor(
    private readonly accounts: NewAccounts,
    private readonly tokens: TokensService,
    private readonly events: AccountEvents,
    private readonly noFields?: object,
  ) {}

  /** See `AuthService.register`. */
  async register(
    registration: Registration,
    client?: ClientInfo,
    fields = this.noFields,
  ): Promise<LoginOutcome> {
    const user = await this.accounts.add(registration, { fields }, stranger(client, true));
    try {
      const { tokens, sessionId } = await this.tokens.startSession(user, client);
      this.events.registered(user, client, sessionId);
      return { outcome: 'signed-in', user, tokens };
    } catch (error) {
      this.events.registered(user, client); // the account exists nevertheless
      throw error;
    }
  }

  /** See `AuthService.createUser`. */
  async create(registration: Registration, client?: ClientInfo, fields = this.noFields): Promise<UserRecord> {
    const user = await this.accounts.add(registration, { fields }, stranger(client, true));
    this.events.registered(user, client);
    return user;
  }
}
