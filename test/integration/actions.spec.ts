import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import type { AccountRecords, RecordsInside } from '../../src/actions/account-records.js';
import type { ActionStore } from '../../src/actions/action-store.js';
import { ActionSecrets, ActionTokens } from '../../src/actions/action-tokens.js';
import { InMemoryAccountRecords } from '../../src/actions/in-memory-account-records.js';
import { PostgresAccountRecords } from '../../src/actions/postgres-account-records.js';
import { authEntities, authMigrations, TypeOrmUserStore } from '../../src/index.js';
import {
  accountRecordsContract,
  InMemoryUserStore,
  type RecordsUnderTest,
  userAccountsContract,
} from '../../src/testing/index.js';
import { createMigratedDatabase, type TestDatabase } from '../support/postgres.js';

const RULES = Object.entries(accountRecordsContract);
const USER_RULES = Object.entries(userAccountsContract);

/** Records in memory; `broken` replaces methods of the action store. */
function inMemory(broken: (actions: ActionStore) => Partial<ActionStore> = () => ({})): RecordsUnderTest {
  let now = Date.now();
  const records = new InMemoryAccountRecords(() => now);
  const breaking = (actions: ActionStore): ActionStore =>
    Object.assign(Object.create(actions) as ActionStore, broken(actions));
  const given: AccountRecords = {
    actions: breaking(records.actions),
    states: records.states,
    together: (work) =>
      records.together((inside: RecordsInside) => work({ ...inside, actions: breaking(inside.actions) })),
  };
  return { records: given, advance: async (seconds) => void (now += seconds * 1_000) };
}

const failuresOf = async (given: () => RecordsUnderTest) => {
  const failures: string[] = [];
  for (const [name, rule] of RULES) await rule(given()).catch(() => failures.push(name));
  return failures;
};

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
      migrationsRun: true,
    });
    await source.initialize();
  });
  afterAll(async () => {
    await source?.destroy();
    await database?.drop();
  });

  it.each(RULES)('%s', async (_, rule) => {
    const advance = async (seconds: number) => {
      const earlier = (column: string) => `${column} = ${column} - interval '${seconds} seconds'`;
      await source.query(`UPDATE auth_actions SET ${earlier('created_at')}, ${earlier('expires_at')}`);
      const times = ['closing_at', 'factors_reset_at', 'recovered_until'].map(earlier);
      await source.query(`UPDATE auth_accounts SET ${times.join()}`);
    };
    await expect(rule({ records: new PostgresAccountRecords(source), advance })).resolves.toBeUndefined();
  });

  it.each(USER_RULES)('our user store: %s', (_, rule) =>
    expect(rule(new TypeOrmUserStore(source))).resolves.toBeUndefined(),
  );

  // A transaction has no parallel statements, and ends when it violates an index.
  it.each(USER_RULES.filter(([name]) => !name.includes('parallel')))(
    'our user store in a transaction: %s',
    (_, rule) =>
      expect(
        source.transaction((manager) => rule(new TypeOrmUserStore(source).within(manager))),
      ).resolves.toBeUndefined(),
  );
});

describe('in memory', () => {
  it.each(RULES)('%s', (_, rule) => expect(rule(inMemory())).resolves.toBeUndefined());
  it.each(USER_RULES)('the user store: %s', (_, rule) =>
    expect(rule(new InMemoryUserStore())).resolves.toBeUndefined(),
  );
});

describe('the contract of records', () => {
  it.each<[string, (actions: ActionStore) => Partial<ActionStore>]>([
    [
      'looks before it consumes',
      (actions) => ({
        async consume(id, secret) {
          const action = await actions.find(id);
          await new Promise(setImmediate);
          return action && ((await actions.consume(id, secret)) ?? action);
        },
      }),
    ],
    [
      'takes any secret',
      (actions) => ({
        consume: async (id) => actions.consume(id, (await actions.find(id))?.secrets[0] ?? Buffer.alloc(32)),
      }),
    ],
    [
      'forgets the epoch',
      (actions) => ({ create: (action) => actions.create({ ...action, outlivesEpoch: true }) }),
    ],
    ['cancels nothing', () => ({ cancel: async () => undefined })],
    ['cancels too much', (actions) => ({ cancel: (userId) => actions.cancel(userId) })],
    [
      'reserves an address from its own account',
      (actions) => ({ isReserved: (email) => actions.isReserved(email) }),
    ],
    ['does not count attempts', () => ({ countAttempt: async () => true })],
    ['gives nothing back', () => ({ giveBack: async () => undefined })],
  ])('is not met by a store that %s', async (_, broken) => {
    expect(await failuresOf(() => inMemory(broken))).not.toEqual([]);
  });
});

describe('the token of a mailed link', () => {
  const { records, advance } = inMemory();
  const tokens = new ActionTokens(records.actions);
  const secrets = new ActionSecrets(records.actions);
  const invalid = { code: 'ACTION_TOKEN_INVALID', statusCode: 400 };
  const newToken = async (userId: string = randomUUID()) => {
    const id = randomUUID();
    await records.actions.create({ id, purpose: 'reset-password', userId });
    return { id, userId, token: (await secrets.issue(id))! };
  };

  it('opens its action, as often as it is read, and so does each token that is issued', async () => {
    const { id, token } = await newToken();
    const other = (await secrets.issue(id))!;
    for (const each of [token, other, token])
      expect((await tokens.read(each, 'reset-password')).action.id).toBe(id);
    expect(token).toMatch(/^lk_[\w-]{65}$/);
    expect(other).not.toBe(token);
  });

  it('has one answer for everything that is wrong with it', async () => {
    const { token, id, userId } = await newToken();
    const other = await newToken();
    const last = token.at(-1)!;
    const sameBits = token.slice(0, -1) + (last === 'A' ? 'B' : String.fromCharCode(last.charCodeAt(0) + 1));
    for (const wrong of [
      '',
      'lk_',
      `${token} `,
      ` ${token}`,
      token.toUpperCase(),
      `${token}A`,
      token.slice(3),
      sameBits,
      token.slice(0, 25) + other.token.slice(25),
    ])
      await expect(tokens.read(wrong, 'reset-password')).rejects.toMatchObject(invalid);
    await expect(tokens.read(token, 'verify-email')).rejects.toMatchObject(invalid);
    await records.states.raiseEpoch(userId);
    await expect(tokens.read(token, 'reset-password')).rejects.toMatchObject(invalid);
    expect(await secrets.issue(id)).toBeUndefined();
    await advance(1_801);
    await expect(tokens.read(other.token, 'reset-password')).rejects.toMatchObject(invalid);
    expect(await secrets.issue(other.id)).toBeUndefined();
  });
});
