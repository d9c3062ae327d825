import { ConflictException, type LoggerService } from '@nestjs/common';
import { Transform, Type } from 'class-transformer';
import { IsArray, IsDate, IsIn, IsInt, IsOptional, IsString, Length, ValidateNested } from 'class-validator';
import { decodeJwt } from 'jose';
import { getDataSourceToken } from '@nestjs/typeorm';
import { Column, DataSource, Entity } from 'typeorm';
import {
  AccountAdmin,
  AuthModule,
  type AuthModuleOptions,
  type AuthModuleParts,
  AuthOptionsError,
  authEntities,
  authMigrations,
  AuthService,
  RegisterDto,
  type RegistrationOptions,
  User,
  UserStore,
} from '../../src/index.js';
import { InMemoryUserStore, inMemoryAuth } from '../../src/testing/index.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type AdapterName, type Host, type HostSettings, startHost } from '../support/host-app.js';
import { startOrmHost } from '../support/orm-host.js';
import { createDatabase } from '../support/postgres.js';

class AddressDto {
  @Length(1, 50)
  city: string;
}

class CustomerDto extends RegisterDto {
  @IsIn(['free', 'pro'])
  plan: string;

  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value))
  @IsString()
  company?: string;

  @IsOptional()
  @Type(() => AddressDto)
  @ValidateNested({ each: true })
  @IsArray()
  addresses?: AddressDto[];

  @IsOptional()
  @Type(() => Date)
  @IsDate()
  born?: Date;

  @IsOptional()
  @IsInt({ each: true })
  scores?: number[];

  @IsOptional()
  @IsString()
  roles?: string;
}

const fields: unknown[] = [];
class Users extends InMemoryUserStore {
  override create(user: Parameters<InMemoryUserStore['create']>[0]) {
    fields.push(user.fields);
    return super.create(user);
  }
}

const closing: (() => Promise<void>)[] = [];
const start = async (settings: HostSettings): Promise<Host> => {
  const host = await startHost(settings);
  closing.push(host.close);
  return host;
};
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  fields.length = 0;
});

const register = ({ client }: Pick<Host, 'client'>, more: object = {}) =>
  client.post('/auth/register', { email: newEmail(), password: PASSWORD, plan: 'pro', ...more });
const registration = { dto: CustomerDto };

describe.each<[AdapterName, HostSettings['style']]>([
  ['express', 'forRoot'],
  ['fastify', 'forRootAsync'],
])('registrations with a class of the host, on %s with %s', (adapter, style) => {
  const startWith = (settings: HostSettings = {}) =>
    start({ adapter, style, options: { registration }, parts: { userStore: Users }, ...settings });

  it('pass all fields, checked and whole, to the user store', async () => {
    const host = await startWith();
    const answer = await register(host, {
      company: '  Acme ',
      addresses: [{ city: 'Berlin', hidden: 1 }],
      born: '1990-02-03',
      scores: [1, 2],
      unknown: 'dropped',
    });

    expect(answer.status).toBe(201);
    expect(fields).toEqual([
      {
        plan: 'pro',
        company: 'Acme',
        addresses: [{ city: 'Berlin' }],
        born: new Date('1990-02-03'),
        scores: [1, 2],
      },
    ]);
  });

  it('answer with our error and one entry for each field, also inside', async () => {
    const host = await startWith();
    const answer = await register(host, {
      email: 'no',
      plan: 'gold',
      addresses: [{ city: 'Berlin' }, { city: '' }],
      scores: ['x'],
    });

    expect(answer).toMatchObject({ status: 400, body: { error: 'VALIDATION_FAILED', statusCode: 400 } });
    const named = answer.body.details.map(({ field }: { field: string }) => field).toSorted();
    expect(named).toEqual(['addresses.1.city', 'email', 'plan', 'scores']);
    expect(fields).toEqual([]);
  });

  it.each([
    ['a NUL', { company: 'a\0b' }],
    ['half a character', { company: '\ud800' }],
    ['a NUL inside', { addresses: [{ city: 'a\0' }] }],
  ])('refuse text that PostgreSQL cannot store: %s', async (_, more) => {
    const host = await startWith();
    expect(await register(host, more)).toMatchObject({ status: 400, body: { error: 'VALIDATION_FAILED' } });
  });

  it('give nobody more than the class declares', async () => {
    const host = await startWith();
    // Fastify itself refuses a body with such names.
    const polluting = ',"__proto__":{"plan":"pro","polluted":1},"constructor":{"prototype":{"polluted":1}}';
    const raw = `{"email":"${newEmail()}","password":"${PASSWORD}","plan":"free","id":"1","roles":"admin",
      "permissions":["all"],"passwordHash":"x","disabled":true,"fields":{"plan":"gold"}
      ${adapter === 'express' ? polluting : ''}}`;
    const answer = await host.client.call('/auth/register', { raw });

    expect(answer).toMatchObject({ status: 201, body: { user: { roles: [], permissions: [] } } });
    expect(fields).toEqual([{ plan: 'free', roles: 'admin' }]);
    const user = await host.app.get<UserStore>(UserStore).findById(answer.body.user.id);
    expect(user).toMatchObject({ roles: [], permissions: [], disabled: false });
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it('keep 409 for a taken address', async () => {
    const host = await startWith();
    const email = newEmail();
    await register(host, { email });
    expect(await register(host, { email })).toMatchObject({ status: 409, body: { error: 'EMAIL_TAKEN' } });
  });
});

describe('without a class of the host', () => {
  it('the user store receives no fields', async () => {
    const host = await start({ parts: { userStore: Users } });
    await register(host);
    await host.app.get(AuthService).createUser({ email: newEmail(), password: PASSWORD });
    expect(fields).toEqual([undefined, undefined]);
  });
});

@Entity('users')
class Customer extends User {
  @Column({ type: 'text', default: 'free' })
  plan: string;

  @Column({ type: 'text', nullable: true, unique: true })
  company: string | null;
}

const ADD_COLUMNS = `ALTER TABLE users ADD plan text NOT NULL DEFAULT 'free', ADD company text UNIQUE`;

class AddColumns1770000000000 {
  async up(runner: { query(sql: string): Promise<unknown> }): Promise<void> {
    await runner.query(ADD_COLUMNS);
  }
  async down(): Promise<void> {}
}

/** Nest keeps the entities of `autoLoadEntities` for each name: other tests have the default one for themselves. */
const NAMED = 'customers';

async function startCustomers(
  options: Partial<AuthModuleOptions & AuthModuleParts> = {},
  orm: object = { entities: authEntities({ users: Customer }) },
  logger?: LoggerService,
) {
  const database = await createDatabase();
  closing.push(() => database.drop());
  const migrations = [...authMigrations, AddColumns1770000000000];
  const host = await startOrmHost(
    { name: NAMED, url: database.url, migrations, migrationsRun: true, poolSize: 2, ...orm },
    { userEntity: Customer, dataSource: NAMED, registration, ...options },
    logger,
  );
  closing.unshift(() => host.app.close());
  return host;
}

const failure = (starting: Promise<unknown>) =>
  starting.then(
    () => 'none',
    (error: Error) => error,
  );

describe('an entity of the host', () => {
  it.each([
    ['with entities', { entities: authEntities({ users: Customer }) }],
    ['with autoLoadEntities', { autoLoadEntities: true }],
  ])('keeps the fields in its columns, %s', async (_, orm) => {
    const host = await startCustomers({}, orm);
    const { status, body } = await register(host, { company: 'Acme' });
    expect(status).toBe(201);
    const columns = { plan: 'pro', company: 'Acme' };
    const user = await host.app.get<UserStore>(UserStore).findById(body.user.id);
    expect(user).toBeInstanceOf(Customer);
    expect(user).toMatchObject(columns);
    const account = await host.app.get(AccountAdmin).find(body.user.id);
    expect(account).toMatchObject({ ...columns, disabled: false, hasPassword: true });
    expect(JSON.stringify(account)).not.toContain('passwordHash');
    expect((await host.client.post('/auth/refresh', { refreshToken: body.refreshToken })).status).toBe(200);
    const login = await host.client.post('/auth/login', { email: body.user.email, password: PASSWORD });
    expect(login.status).toBe(200);
  });

  it('says which field is taken', async () => {
    const host = await startCustomers();
    await register(host, { company: 'Acme' });
    const answer = await register(host, { company: 'Acme' });
    expect(answer).toMatchObject({ status: 400, body: { details: [{ field: 'company' }] } });
  });

  it('may be called User, which relations of the host then mean', async () => {
    const HostUser = { User: class extends Customer {} }.User;
    Entity('users')(HostUser);
    const host = await startCustomers(
      { userEntity: HostUser },
      { entities: authEntities({ users: HostUser }) },
    );
    expect((await register(host)).status).toBe(201);
  });

  it('gets an account from an operator, with and without fields', async () => {
    const host = await startCustomers({ registration: { dto: CustomerDto, onRegister: () => undefined } });
    const admin = host.app.get(AccountAdmin);
    const account = () => ({ email: newEmail(), password: PASSWORD, roles: ['staff'] });
    expect(await admin.create(account())).toMatchObject({ plan: 'free', roles: ['staff'] });
    expect(await admin.create(account(), { plan: 'pro' })).toMatchObject({ plan: 'pro', roles: ['staff'] });
  });

  it.each<[string, Partial<AuthModuleOptions & AuthModuleParts>, object, RegExp]>([
    [
      'that AuthModule was not given',
      { userEntity: undefined },
      {},
      /userEntity is missing: write userEntity: Customer/,
    ],
    [
      'that the data source was not given',
      {},
      { entities: [...authEntities] },
      /authEntities\(\{ users: Customer \}\)/,
    ],
    [
      'whose columns do not exist',
      {},
      { migrations: [...authMigrations] },
      /columns plan, company .*write a migration/,
    ],
  ])('%s stops the app, and the message says what to write', async (_, options, orm, message) => {
    const error = await failure(
      startCustomers(options, { entities: authEntities({ users: Customer }), ...orm }),
    );
    expect(error).toBeInstanceOf(AuthOptionsError);
    expect((error as Error).message).toMatch(message);
  });

  it('for another table stops the app', async () => {
    @Entity('customers')
    class Elsewhere extends User {}
    const entities = authEntities({ users: Elsewhere });
    const error = await failure(startCustomers({ userEntity: Elsewhere }, { entities }));
    expect((error as Error).message).toMatch(/userEntity must be for our table: write @Entity\('users'\)/);
  });

  it('must extend User, and belongs to the built-in store', () => {
    class Stranger {}
    const call = (parts: object) => () =>
      AuthModule.forRoot({ jwt: { accessSecret: 'a', refreshSecret: 'b' }, ...parts } as never);
    expect(call({ userEntity: Stranger })).toThrow(
      /userEntity must be a class that extends User: write .* class Stranger/,
    );
    expect(call({ userEntity: new Customer() })).toThrow(/userEntity must be a class that extends User/);
    expect(call({ userEntity: Customer, userStore: Stranger })).toThrow(
      /userEntity is for the built-in user store/,
    );
    expect(() => authEntities({ users: Stranger as never })).toThrow(/class Customer extends User/);
  });
});

describe('registration.onRegister', () => {
  const logged: { err?: Error }[] = [];
  const quiet = () => undefined;
  const logger = {
    log: quiet,
    warn: quiet,
    error: (line: object) => void logged.push(line as { err?: Error }),
  };
  const startWith = (onRegister: RegistrationOptions['onRegister']) =>
    startCustomers({ registration: { dto: CustomerDto, onRegister } }, undefined, logger);

  it('that fails is 500 and leaves no user; the log names it', async () => {
    const host = await startWith(() => Promise.reject(new Error('no')));
    const email = newEmail();
    expect(await register(host, { email })).toMatchObject({ status: 500, body: { error: 'INTERNAL_ERROR' } });
    expect(logged.pop()?.err?.message).toMatch('registration.onRegister failed');
    expect(await host.app.get<UserStore>(UserStore).findByEmail(email)).toBeNull();
  });

  it.each(['SELECT 1/0', 'ROLLBACK'])('that hides the end of its transaction by %s is 500', async (sql) => {
    const host = await startWith(async (_user, _given, { manager }) => {
      await manager.query(sql).catch(() => undefined);
    });
    const email = newEmail();
    expect(await register(host, { email })).toMatchObject({ status: 500, body: { error: 'INTERNAL_ERROR' } });
    expect(logged.pop()?.err?.message).toMatch('registration.onRegister');
    expect(await host.app.get<UserStore>(UserStore).findByEmail(email)).toBeNull();
    expect(
      await host.app.get<DataSource>(getDataSourceToken(NAMED)).query('SELECT FROM refresh_tokens'),
    ).toEqual([]);
  });

  it('changes neither tokens nor the answer through the object it gets', async () => {
    const host = await startWith((user) => void Object.assign(user, { id: 'other', roles: ['admin'] }));
    const { status, body } = await register(host);
    expect([status, body.user]).toEqual([201, expect.objectContaining({ roles: [] })]);
    const { sub, roles } = decodeJwt(body.accessToken);
    expect([sub, roles ?? []]).toEqual([body.user.id, []]);
    expect((await host.client.get('/auth/me', { token: body.accessToken })).body.user).toEqual(body.user);
  });

  it('may refuse with an HTTP exception', async () => {
    const host = await startWith(() => {
      throw new ConflictException('The team is full.');
    });
    const email = newEmail();
    expect(await register(host, { email })).toMatchObject({
      status: 409,
      body: { message: 'The team is full.' },
    });
    expect(await host.app.get<UserStore>(UserStore).findByEmail(email)).toBeNull();
  });

  it('gets the user and the fields, and runs for AuthService.createUser too', async () => {
    const calls: unknown[] = [];
    const host = await startWith((user, given) => void calls.push([user.email, given]));
    const { body } = await register(host, { company: 'Acme' });
    const email = newEmail();
    await host.app.get(AuthService).createUser({ email, password: PASSWORD });
    expect(calls).toEqual([
      [body.user.email, { plan: 'pro', company: 'Acme' }],
      [email, {}],
    ]);
  });

  it('is refused next to a user store that cannot call it', async () => {
    class OwnStore extends InMemoryUserStore {}
    Object.defineProperty(OwnStore.prototype, 'onCreate', { value: undefined });
    const options = { registration: { dto: CustomerDto, onRegister: () => undefined } };
    const store = { userStore: OwnStore, userEntity: undefined };
    const error = await failure(startCustomers({ ...options, ...store }, { entities: [...authEntities] }));
    expect((error as Error).message).toMatch(/registration.onRegister is for the built-in user store/);
  });

  it('works with the stores of the test kit', async () => {
    const calls: unknown[] = [];
    const options = inMemoryAuth({
      registration: { dto: CustomerDto, onRegister: (_user, given) => void calls.push(given) },
      userEntity: Customer,
      userView: (user) => ({ plan: (user as Customer & typeof user).plan }),
    });
    const { userStore, sessionStore, revocationList, passwordHasher, userEntity, imports, ...rest } = options;
    void imports;
    const parts = { userStore, sessionStore, revocationList, passwordHasher, userEntity };
    const host = await start({ options: rest, parts });
    const { body } = await register(host);
    expect([body.user.plan, calls]).toEqual(['pro', [{ plan: 'pro' }]]);
  });
});
