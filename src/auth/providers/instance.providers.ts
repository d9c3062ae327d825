import { Logger, type Provider } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { AuthInstances } from '../../instances/auth-instances.js';
import { PostgresInstanceStore } from '../../instances/instance.store.js';
import { OBSERVER } from '../../instances/observer.js';
import type { SecretChoice } from '../../instances/secret-choice.js';
import { SecretList } from '../../instances/secret-list.js';
import { KeyEncryption } from '../../keys/key-encryption.js';
import { AccessKeys, type Keys } from '../../keys/key-set.js';
import { ResolvedAuthOptions } from '../../options/resolve-options.js';
import { BcryptPasswordHasher } from '../../users/bcrypt-password.hasher.js';
import { PasswordHasher } from '../../users/password-hasher.js';
import { AuthDataSource } from '../auth-data-source.js';
import { SchemaCheck } from '../schema-check.js';
import { noShards, SessionShards } from '../shards/session-shards.js';
import { FactorEncryption } from './mfa-store.providers.js';
import { provide } from './provide.js';

const logger = new Logger('Instances');

/** The list of instances, which decides about secrets; `undefined` without a database. */
export const instanceProviders: Provider[] = [
  provide(
    AuthInstances,
    [
      AuthDataSource,
      ResolvedAuthOptions,
      AccessKeys,
      KeyEncryption,
      PasswordHasher,
      FactorEncryption,
      SessionShards,
      SchemaCheck,
      { token: OBSERVER, optional: true },
    ],
    (
      source: DataSource,
      { refresh, revocation }: ResolvedAuthOptions,
      access: Keys,
      encryption: KeyEncryption | undefined,
      hasher: PasswordHasher,
      factors: KeyEncryption | undefined,
      shards: SessionShards | undefined,
      check: SchemaCheck | undefined,
      observer: boolean | undefined,
    ) => {
      if (!source.isInitialized) return undefined;
      const lists = listsOf({
        refresh: refresh.keys.choice,
        access: access.choice,
        encryption: encryption?.choice,
        pepper: hasher instanceof BcryptPasswordHasher ? hasher.choice : undefined,
        factors: factors?.choice,
        shards: shards?.choice ?? noShards(),
      });
      const { maxStaleness } = revocation;
      const warn = (message: string) => logger.warn(message);
      const settings = { maxStaleness, observer: observer === true, warn };
      return SchemaCheck.before(check, new AuthInstances(new PostgresInstanceStore(source), lists, settings));
    },
  ),
];

function listsOf(choices: Record<SecretList['kind'], SecretChoice | undefined>): SecretList[] {
  const kinds = Object.keys(choices) as SecretList['kind'][];
  return kinds.flatMap((kind) => (choices[kind] ? [new SecretList(kind, choices[kind])] : []));
}
