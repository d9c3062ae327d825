import { Logger, type Provider } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { Clock } from '../../database/database-clock.js';
import { DatabaseNotifications } from '../../database/notifications.js';
import { AuthEvents } from '../../events/auth-events.js';
import { AuthInstances } from '../../instances/auth-instances.js';
import { KeyEncryption } from '../../keys/key-encryption.js';
import { KeyRing } from '../../keys/key-ring.js';
import { AccessKeys } from '../../keys/key-set.js';
import { KeyRotation } from '../../keys/key-rotation.js';
import { SigningKeyStore } from '../../keys/signing-key.store.js';
import { AuthDataSource } from '../auth-data-source.js';
import { SchemaCheck } from '../schema-check.js';
import { ResolvedAuthOptions } from '../../options/resolve-options.js';
import { provide } from './provide.js';

/** Slightly more than the possible clock difference plus the lag between instances. */
const MARGIN_SECONDS = 120;

const logger = new Logger('Keys');
const warn = (message: string) => logger.warn(message);

/** The key ring, if the options configure one; otherwise these providers are `undefined`. */
export const keyProviders: Provider[] = [
  provide(
    KeyEncryption,
    [ResolvedAuthOptions],
    ({ access }: ResolvedAuthOptions) =>
      access.keys.ring && new KeyEncryption(access.keys.ring.encryptionSecrets),
  ),
  provide(
    SigningKeyStore,
    [AuthDataSource, ResolvedAuthOptions],
    (source: DataSource, { access }: ResolvedAuthOptions) =>
      access.keys.ring && new SigningKeyStore(source, access.policy.maxLifetime + MARGIN_SECONDS),
  ),
  provide(
    KeyRing,
    [SigningKeyStore, KeyEncryption, ResolvedAuthOptions, Clock],
    (
      store: SigningKeyStore | undefined,
      encryption: KeyEncryption | undefined,
      { access }: ResolvedAuthOptions,
      clock: Clock,
    ) => store && encryption && new KeyRing(store, encryption, access.keys.given, clock, warn),
  ),
  provide(
    KeyRotation,
    [
      KeyRing,
      SigningKeyStore,
      KeyEncryption,
      DatabaseNotifications,
      AuthEvents,
      ResolvedAuthOptions,
      AuthInstances,
      SchemaCheck,
    ],
    (
      ring: KeyRing | undefined,
      store: SigningKeyStore,
      encryption: KeyEncryption,
      notifications: DatabaseNotifications,
      events: AuthEvents,
      { access }: ResolvedAuthOptions,
      instances: AuthInstances | undefined,
      check: SchemaCheck | undefined,
    ) =>
      ring &&
      SchemaCheck.before(
        instances ?? check,
        new KeyRotation(ring, store, encryption, notifications, events, access.keys.ring!, warn),
      ),
  ),
  provide(
    AccessKeys,
    [KeyRing, ResolvedAuthOptions],
    (ring: KeyRing | undefined, { access }: ResolvedAuthOptions) => ring ?? access.keys.given,
  ),
];
