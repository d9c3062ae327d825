import type { Provider } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { AccountMails } from '../../actions/account-mails.js';
import { AccountRecords } from '../../actions/account-records.js';
import { AuthEvents } from '../../events/auth-events.js';
import type { KeyEncryption } from '../../keys/key-encryption.js';
import { FactorSecrets } from '../../mfa/factor-secrets.js';
import { FactorStore } from '../../mfa/factor-store.js';
import { InMemoryFactorStore } from '../../mfa/in-memory-factor.store.js';
import { InMemoryTrustedDeviceStore } from '../../mfa/in-memory-trusted-device.store.js';
import { PostgresFactorStore } from '../../mfa/postgres-factor.store.js';
import { PostgresTrustedDeviceStore } from '../../mfa/postgres-trusted-device.store.js';
import { RecoveryCodes } from '../../mfa/recovery-codes.js';
import { TotpFactors } from '../../mfa/totp-factors.js';
import { TrustedDevices, TrustedDeviceStore } from '../../mfa/trusted-devices.js';
import { ResolvedAuthOptions } from '../../options/resolve-options.js';
import { UserStore } from '../../users/user-store.js';
import { AuthDataSource } from '../auth-data-source.js';
import { factorEncryption } from '../factor-encryption.js';
import { provide } from './provide.js';

/** What the secrets of authenticator apps are encrypted with. */
export const FactorEncryption = Symbol('FactorEncryption');

/** Where second factors are kept, and the kinds that the options turn on. */
export const mfaStoreProviders: Provider[] = [
  provide(FactorEncryption, [ResolvedAuthOptions], ({ mfa }: ResolvedAuthOptions) =>
    mfa ? factorEncryption(mfa.encryptionSecrets) : undefined,
  ),
  provide(
    FactorStore,
    [AuthDataSource, ResolvedAuthOptions],
    (source: DataSource, { clock }: ResolvedAuthOptions): FactorStore =>
      // A test without a database has something else in its place.
      'isInitialized' in source ? new PostgresFactorStore(source) : new InMemoryFactorStore(clock),
  ),
  provide(
    TrustedDeviceStore,
    [AuthDataSource, AccountRecords, ResolvedAuthOptions],
    (source: DataSource, { states }: AccountRecords, { clock }: ResolvedAuthOptions): TrustedDeviceStore =>
      'isInitialized' in source
        ? new PostgresTrustedDeviceStore(source)
        : new InMemoryTrustedDeviceStore(async (userId) => (await states.of(userId)).epoch, clock),
  ),
  provide(
    TotpFactors,
    [FactorStore, FactorEncryption, ResolvedAuthOptions],
    (store: FactorStore, encryption: KeyEncryption, { mfa }: ResolvedAuthOptions) =>
      mfa?.totp.enabled ? new TotpFactors(store, encryption) : undefined,
  ),
  provide(
    RecoveryCodes,
    [FactorStore, AccountRecords, UserStore, AuthEvents, AccountMails, ResolvedAuthOptions],
    (
      store: FactorStore,
      records: AccountRecords,
      users: UserStore,
      events: AuthEvents,
      mails: AccountMails | undefined,
      { mfa }: ResolvedAuthOptions,
    ) =>
      mfa?.recoveryCodes
        ? new RecoveryCodes(store, records, users, events, mails, mfa.recoveryBrake)
        : undefined,
  ),
  provide(
    FactorSecrets,
    [FactorStore, FactorEncryption, ResolvedAuthOptions],
    (store: FactorStore, encryption: KeyEncryption, { mfa }: ResolvedAuthOptions) =>
      mfa && new FactorSecrets(store, encryption),
  ),
  provide(
    TrustedDevices,
    [TrustedDeviceStore, AuthEvents, ResolvedAuthOptions],
    (store: TrustedDeviceStore, events: AuthEvents, { mfa }: ResolvedAuthOptions) =>
      mfa?.trustedDevices.enabled
        ? new TrustedDevices(store, events, mfa.trustedDevices.lifetime)
        : undefined,
  ),
];
