import { randomUUID } from 'node:crypto';
import { InvalidTokenError, NotFoundError } from '../errors/auth-errors.js';
import type { AuthEvents } from '../events/auth-events.js';
import { deviceName } from '../events/device.js';
import type { FactorAdded, FactorChanges } from '../mfa/factor-changes.js';
import type { FactorOwner } from '../mfa/owned-accounts.js';
import type { ClientInfo } from '../sessions/session-types.js';
import type { UserRecord, UserStore } from '../users/user-store.js';
import type { Ceremonies } from './ceremonies.js';
import { readClientData } from './client-data.js';
import type { CreatedPasskey, PasskeyChecks } from './passkey-checks.js';
import type { PasskeyEvents } from './passkey-events.js';
import { proofOf } from './passkey-factors.js';
import type { Offered, PasskeyCreationOptions, PasskeyOptions } from './passkey-options.js';
import { PasskeyRejection } from './passkey-rejection.js';
import { readRegistration } from './passkey-response.js';
import { MOST_PASSKEYS, type NewPasskey, passkeysIn, type PasskeyStore } from './passkey-store.js';
import type { PresentedPasskey } from './passkey-verification.js';

/** A response that creates a passkey, and what its owner calls it. Default: after the browser. */
export interface PresentedRegistration extends PresentedPasskey {
  name?: string | null;
}

/** A passkey that was added. With the first factor, there are recovery codes if the app has them. */
export interface AddedPasskey extends FactorAdded {
  id: string;
  name: string;
}

/** Adds passkeys to accounts, and renames them. */
export class PasskeyRegistration {
  constructor(
    private readonly users: UserStore,
    private readonly passkeys: PasskeyStore,
    private readonly options: PasskeyOptions,
    private readonly ceremonies: Ceremonies,
    private readonly checks: PasskeyChecks,
    private readonly changes: FactorChanges,
    private readonly events: PasskeyEvents,
    private readonly trail: AuthEvents,
  ) {}

  /** @throws InvalidTokenError if the account has been deleted or disabled */
  async begin(owner: FactorOwner): Promise<Offered<PasskeyCreationOptions>> {
    return this.options.toCreate(await this.activeUser(owner.id), placeOf(owner));
  }

  /**
   * Adds a passkey.
   * @throws PasskeyRejectedError if the response does not create one for this account, or the passkey belongs to somebody
   *   already; InvalidTokenError if the account has been deleted or disabled
   */
  async add(
    owner: FactorOwner,
    { ticket, name: given, response }: PresentedRegistration,
    client?: ClientInfo,
  ): Promise<AddedPasskey> {
    const { id: userId, sessionId } = owner;
    await this.activeUser(userId);
    return this.events.checked({ use: 'register', userId, sessionId, client }, async () => {
      const registration = readRegistration(response);
      const data = readClientData(registration.clientData);
      const ceremony = { purpose: 'passkey-register', userId, boundTo: placeOf(owner) } as const;
      await this.ceremonies.finish({ ticket, challenge: data.challenge }, ceremony);
      const created = await this.checks.registration(registration, data);
      const name = given?.trim() || deviceName(client?.userAgent ?? null) || 'Passkey';
      const { transports } = registration;
      return this.write(owner, { ...created, id: randomUUID(), userId, name, transports }, client);
    });
  }

  /** @throws NotFoundError if the user has no such passkey */
  async rename({ id: userId, sessionId }: FactorOwner, id: string, name: string, client?: ClientInfo) {
    if (!(await this.passkeys.rename(userId, id, name))) throw new NotFoundError();
    await this.trail.record({ type: 'passkey-renamed', ...client, passkeyId: id, userId, sessionId });
    return { id, name };
  }

  private async write(
    owner: FactorOwner,
    passkey: NewPasskey & CreatedPasskey,
    client?: ClientInfo,
  ): Promise<AddedPasskey> {
    const { id, name } = passkey;
    const added = await this.changes.add(
      owner,
      { name, proof: proofOf(passkey) },
      async ({ manager }) => {
        const outcome = await passkeysIn(this.passkeys, manager).add(passkey, MOST_PASSKEYS);
        if (outcome === 'added') return true;
        throw new PasskeyRejection(outcome === 'taken' ? 'credential-taken' : 'too-many');
      },
      client,
    );
    return { id, name, ...added };
  }

  private async activeUser(id: string): Promise<UserRecord> {
    const user = await this.users.findById(id);
    if (!user || user.disabled) throw new InvalidTokenError();
    return user;
  }
}

/** A ceremony belongs to the session in which it began, or to the account while there is none. */
function placeOf({ id, sessionId }: FactorOwner): string {
  return sessionId ?? id;
}
