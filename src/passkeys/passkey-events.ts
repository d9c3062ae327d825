import type { AccountMails } from '../actions/account-mails.js';
import type { AccountRecords } from '../actions/account-records.js';
import { PasskeyRejectedError } from '../errors/auth-errors.js';
import type { AuthEvents } from '../events/auth-events.js';
import { deviceName } from '../events/device.js';
import type { ClientInfo } from '../sessions/session-types.js';
import type { UserStore } from '../users/user-store.js';
import { PasskeyRejection } from './passkey-rejection.js';
import { type Passkey, passkeysIn, type PasskeyStore } from './passkey-store.js';

/** What was tried with a passkey. */
export type PasskeyUse = 'register' | 'login' | 'mfa' | 'step-up';

/** Whom an event is about, as far as it is known. */
export interface PasskeyContext {
  use: PasskeyUse;
  userId?: string;
  sessionId?: string;
  client?: ClientInfo;
}

/** Tells operators and owners what goes wrong with passkeys. */
export class PasskeyEvents {
  /** @param mails undefined if the app sends none */
  constructor(
    private readonly passkeys: PasskeyStore,
    private readonly records: AccountRecords,
    private readonly users: UserStore,
    private readonly events: AuthEvents,
    private readonly mails: AccountMails | undefined,
  ) {}

  /**
   * Runs a check, and says why it has failed to operators only.
   * @throws PasskeyRejectedError if the check throws a `PasskeyRejection`
   */
  async checked<T>({ use, userId, sessionId, client }: PasskeyContext, check: () => Promise<T>): Promise<T> {
    try {
      return await check();
    } catch (error) {
      if (!(error instanceof PasskeyRejection)) throw error;
      const { reason } = error;
      this.events.emit({ type: 'passkey-rejected', ...client, use, reason, userId, sessionId });
      throw new PasskeyRejectedError({ cause: error });
    }
  }

  /** Suspends a passkey of which a copy may exist, and tells its owner, in one transaction. */
  async suspend({ id, userId, name }: Passkey, client?: ClientInfo): Promise<void> {
    const user = await this.users.findById(userId);
    const device = deviceName(client?.userAgent ?? null);
    const occasion = { at: new Date().toISOString(), ...(device !== null && { device }) };
    const suspended = await this.records.together(async ({ manager }) => {
      if (!(await passkeysIn(this.passkeys, manager).suspend(id))) return false;
      if (user)
        await this.mails?.enqueue(
          {
            template: 'security-notice',
            to: user.email,
            userId,
            data: {
              name: user.name,
              notice: 'passkey-suspended',
              what: name,
              ...occasion,
              ...(client?.ip !== undefined && { ip: client.ip }),
            },
          },
          manager,
        );
      return true;
    });
    if (suspended) await this.events.record({ type: 'passkey-suspended', ...client, passkeyId: id, userId });
  }
}
