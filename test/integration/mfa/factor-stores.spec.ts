import { DataSource } from 'typeorm';
import { PostgresAccountStates } from '../../../src/actions/postgres-account-states.js';
import { authEntities, authMigrations } from '../../../src/index.js';
import type { FactorStore } from '../../../src/mfa/factor-store.js';
import { PostgresFactorStore } from '../../../src/mfa/postgres-factor.store.js';
import { PostgresTrustedDeviceStore } from '../../../src/mfa/postgres-trusted-device.store.js';
import type { TrustedDeviceStore } from '../../../src/mfa/trusted-devices.js';
import {
  factorStoreContract,
  type FactorsUnderTest,
  InMemoryAccountRecords,
  InMemoryFactorStore,
  InMemoryTrustedDeviceStore,
  trustedDeviceStoreContract,
  type TrustedDevicesUnderTest,
} from '../../../src/testing/index.js';
import { createMigratedDatabase, type TestDatabase } from '../../support/postgres.js';

const FACTOR_RULES = Object.entries(factorStoreContract);
const DEVICE_RULES = Object.entries(trustedDeviceStoreContract);

/** In memory; `broken` replaces methods. */
function factors(broken: (store: FactorStore) => Partial<FactorStore> = () => ({})): FactorsUnderTest {
  let now = Date.now();
  const store = new InMemoryFactorStore(() => now);
  const breaking = Object.assign(Object.create(store) as FactorStore, broken(store));
  return { store: breaking, advance: async (seconds) => void (now += seconds * 1_000) };
}

function devices(
  broken: (store: TrustedDeviceStore) => Partial<TrustedDeviceStore> = () => ({}),
): TrustedDevicesUnderTest {
  let now = Date.now();
  const { states } = new InMemoryAccountRecords(() => now);
  const store = new InMemoryTrustedDeviceStore(
    async (userId) => (await states.of(userId)).epoch,
    () => now,
  );
  const breaking = Object.assign(Object.create(store) as TrustedDeviceStore, broken(store));
  return { store: breaking, states, advance: async (seconds) => void (now += seconds * 1_000) };
}

async function failuresOf<Given>(
  rules: [string, (given: Given) => Promise<void>][],
  given: () => Given,
): Promise<string[]> {
  const failures: string[] = [];
  for (const [name, rule] of rules) await rule(given()).catch(() => failures.push(name));
  return failures;
}

describe('in PostgreSQL', () => {
  let database: TestDatabase;
  let source: DataSource;
  beforeAll(async () => {
    database = await createMigratedDatabase();
    source = new DataSource({
      type: 'postgres',
      url: database.url,
      entities: [...authEntities],
      migrations: [...authMigrations],
    });
    await source.initialize();
  });
  afterAll(async () => {
    await source?.destroy();
    await database?.drop();
  });

  const advance = async (seconds: number) => {
    await source.query(
      `UPDATE auth_factors SET created_at = created_at - make_interval(secs => $1),
         last_step = last_step - floor($1 / 30)`,
      [seconds],
    );
    await source.query(
      `UPDATE auth_trusted_devices SET created_at = created_at - make_interval(secs => $1),
         last_used_at = last_used_at - make_interval(secs => $1), expires_at = expires_at - make_interval(secs => $1)`,
      [seconds],
    );
  };

  // The database's clock cannot be moved, so the rows are moved back; that does not change the present step.
  const POSSIBLE = FACTOR_RULES.filter(([name]) => name !== 'time steps follow the clock');
  it.each(POSSIBLE)('factors: %s', async (_, rule) => {
    await expect(rule({ store: new PostgresFactorStore(source), advance })).resolves.toBeUndefined();
  });

  it.each(DEVICE_RULES)('devices: %s', async (_, rule) => {
    const store = new PostgresTrustedDeviceStore(source);
    const given = { store, states: new PostgresAccountStates(source), advance };
    await expect(rule(given)).resolves.toBeUndefined();
  });
});

describe('in memory', () => {
  it.each(FACTOR_RULES)('factors: %s', (_, rule) => expect(rule(factors())).resolves.toBeUndefined());
  it.each(DEVICE_RULES)('devices: %s', (_, rule) => expect(rule(devices())).resolves.toBeUndefined());
});

describe('a broken store is noticed', () => {
  it.each<[string, (store: FactorStore) => Partial<FactorStore>]>([
    ['that lets a step pass twice', () => ({ useStep: async () => true })],
    ['that confirms twice', () => ({ confirm: async () => true })],
    ['that keeps used codes', () => ({ useCode: async () => ({ id: 'x', remaining: 2 }) })],
    ['that knows no owner', (store) => ({ remove: (_user, kind, id) => store.remove('', kind, id) })],
    ['that counts what waits', () => ({ has: async () => true })],
  ])('%s', async (_, broken) => {
    expect(await failuresOf(FACTOR_RULES, () => factors(broken))).not.toEqual([]);
  });

  it.each<[string, (store: TrustedDeviceStore) => Partial<TrustedDeviceStore>]>([
    ['that trusts any secret', () => ({ use: async () => true })],
    ['that does not remove', () => ({ remove: async () => true })],
  ])('%s', async (_, broken) => {
    expect(await failuresOf(DEVICE_RULES, () => devices(broken))).not.toEqual([]);
  });
});
