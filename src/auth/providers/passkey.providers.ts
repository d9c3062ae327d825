import type { Provider } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { AccountEvents } from '../../accounts/account-events.js';
import { SessionStart } from '../../accounts/session-start.js';
import { AccountMails } from '../../actions/account-mails.js';
import { AccountRecords } from '../../actions/account-records.js';
import { AuthEvents } from '../../events/auth-events.js';
import { FactorChanges } from '../../mfa/factor-changes.js';
import { AuthOptionsError } from '../../options/options-error.js';
import { ResolvedAuthOptions } from '../../options/resolve-options.js';
import { Ceremonies } from '../../passkeys/ceremonies.js';
import { InMemoryPasskeyStore } from '../../passkeys/in-memory-passkey.store.js';
import { PasskeyChecks } from '../../passkeys/passkey-checks.js';
import { PasskeyEvents } from '../../passkeys/passkey-events.js';
import { PasskeyFactors } from '../../passkeys/passkey-factors.js';
import { PasskeyLogin } from '../../passkeys/passkey-login.js';
import { PasskeyOptions } from '../../passkeys/passkey-options.js';
import { PasskeyRegistration } from '../../passkeys/passkey-registration.js';
import { PasskeyStore } from '../../passkeys/passkey-store.js';
import { PasskeyVerification } from '../../passkeys/passkey-verification.js';
import { PostgresPasskeyStore } from '../../passkeys/postgres-passkey.store.js';
import { WebAuthnLibrary } from '../../passkeys/webauthn-library.js';
import { DeviceProofs } from '../../tokens/device-proofs.js';
import { TokensService } from '../../tokens/tokens.service.js';
import { UserStore } from '../../users/user-store.js';
import { AuthDataSource } from '../auth-data-source.js';
import { provide } from './provide.js';

/** What controllers and hosts inject. */
export const PASSKEY_EXPORTS = [PasskeyStore, PasskeyOptions, PasskeyRegistration, PasskeyLogin];

/** Passkeys. Without the option `passkeys`, all of these but the store are `undefined`. */
export const passkeyProviders: Provider[] = [
  provide(
    PasskeyStore,
    [AuthDataSource, ResolvedAuthOptions],
    (source: DataSource, { clock }: ResolvedAuthOptions) =>
      // A test without a database has something else in its place.
      source.isInitialized ? new PostgresPasskeyStore(source) : new InMemoryPasskeyStore(clock),
  ),
  provide(
    PasskeyChecks,
    [ResolvedAuthOptions],
    async ({ passkeys }: ResolvedAuthOptions) => passkeys && new PasskeyChecks(await loadLibrary(), passkeys),
  ),
  provide(Ceremonies, [AccountRecords], ({ actions }: AccountRecords) => new Ceremonies(actions)),
  provide(
    PasskeyEvents,
    [PasskeyStore, AccountRecords, UserStore, AuthEvents, AccountMails],
    (...parts: [...ConstructorParameters<typeof PasskeyEvents>]) => new PasskeyEvents(...parts),
  ),
  provide(
    PasskeyVerification,
    [PasskeyStore, Ceremonies, PasskeyChecks, PasskeyEvents],
    (...parts: [...ConstructorParameters<typeof PasskeyVerification>]) =>
      parts[2] && new PasskeyVerification(...parts),
  ),
  provide(
    PasskeyFactors,
    [PasskeyStore, PasskeyVerification, PasskeyEvents],
    (...parts: [...ConstructorParameters<typeof PasskeyFactors>]) => parts[1] && new PasskeyFactors(...parts),
  ),
  provide(
    PasskeyOptions,
    [Ceremonies, PasskeyStore, ResolvedAuthOptions],
    (ceremonies: Ceremonies, store: PasskeyStore, { passkeys }: ResolvedAuthOptions) =>
      passkeys && new PasskeyOptions(ceremonies, store, passkeys),
  ),
  provide(
    PasskeyRegistration,
    [
      UserStore,
      PasskeyStore,
      PasskeyOptions,
      Ceremonies,
      PasskeyChecks,
      FactorChanges,
      PasskeyEvents,
      AuthEvents,
    ],
    (...parts: [...ConstructorParameters<typeof PasskeyRegistration>]) =>
      parts[4] && new PasskeyRegistration(...parts),
  ),
  provide(
    PasskeyLogin,
    [
      UserStore,
      PasskeyVerification,
      TokensService,
      DeviceProofs,
      PasskeyEvents,
      AccountEvents,
      AuthEvents,
      ResolvedAuthOptions,
    ],
    (
      users: UserStore,
      verification: PasskeyVerification | undefined,
      tokens: TokensService,
      devices: DeviceProofs,
      passkeyEvents: PasskeyEvents,
      accountEvents: AccountEvents,
      events: AuthEvents,
      { passkeys }: ResolvedAuthOptions,
    ) => {
      if (!verification || !passkeys) return undefined;
      const sessions = new SessionStart(users, tokens);
      return new PasskeyLogin(
        users,
        verification,
        sessions,
        devices,
        passkeyEvents,
        accountEvents,
        events,
        passkeys,
      );
    },
  ),
];

/** @throws AuthOptionsError, so that the app does not start and then refuse every passkey */
async function loadLibrary(): Promise<WebAuthnLibrary> {
  try {
    return await WebAuthnLibrary.load();
  } catch (error) {
    throw new AuthOptionsError([{ option: 'passkeys', message: (error as Error).message }]);
  }
}
