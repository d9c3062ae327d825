import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { Controller, Get, Injectable, Module, type ModuleMetadata, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule, type AuthModuleOptions, AuthService, JwtAuthGuard } from '../../../src/index.js';
import { inMemoryAuth } from '../../../src/testing/index.js';
import { InMemoryUserStore } from '../../../src/users/in-memory-user.store.js';

const secret = () => randomBytes(48).toString('base64url');
const good = (): AuthModuleOptions => ({ jwt: { accessSecret: secret(), refreshSecret: secret() } });

@Controller()
@UseGuards(JwtAuthGuard)
class GuardedController {
  @Get()
  get() {
    return 'secret';
  }
}

@Injectable()
class NeedsAuth {
  constructor(readonly auth: AuthService) {}
}

class NeedsNothing {}

type Import = NonNullable<ModuleMetadata['imports']>[number];

/** What a developer reads when an app with these imports starts. */
async function failureOf(imports: () => Import[]): Promise<string> {
  try {
    @Module({ controllers: [GuardedController], providers: [NeedsAuth] })
    class OtherModule {}
    @Module({ imports: [...imports(), OtherModule], controllers: [GuardedController] })
    class AppModule {}
    const app = await NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false });
    await app.close();
    return 'none';
  } catch (error) {
    return (error as Error).message;
  }
}

const untyped = (value: unknown) => value as never;

describe('an app that gives AuthModule', () => {
  it.each([1, 2, 3])(
    'without forRoot reads what to write instead, in every order of imports (%p)',
    async (at) => {
      const others = [
        TypeOrmModule.forRoot({ type: 'postgres', retryAttempts: 0, manualInitialization: true }),
      ];
      const imports = at === 1 ? [AuthModule] : at === 2 ? [AuthModule, ...others] : [...others, AuthModule];
      expect(await failureOf(() => imports)).toMatch(
        /^AuthModule has no options: write AuthModule\.forRoot\(\{ jwt: .* where imports says AuthModule\. AuthModule is global: .* leave it out here\.$/,
      );
    },
  );

  it('a second time, without forRoot, reads to leave it out', async () => {
    @Module({ imports: [AuthModule] })
    class FeatureModule {}
    const { imports, ...auth } = inMemoryAuth();
    expect(await failureOf(() => [AuthModule.forRoot({ ...auth, imports }), FeatureModule])).toMatch(
      /AuthModule is global: if another module already calls forRoot, leave it out here\.$/,
    );
  });

  it('without forRoot reads the same in a testing module', async () => {
    await expect(Test.createTestingModule({ imports: [AuthModule] }).compile()).rejects.toThrow(
      /^AuthModule has no options/,
    );
  });

  it.each([
    ['forRoot()', () => AuthModule.forRoot(untyped(undefined))],
    ['forRoot({})', () => AuthModule.forRoot(untyped({}))],
    ['a factory without a result', () => AuthModule.forRootAsync({ useFactory: untyped(() => undefined) })],
  ])('by %s reads which options are missing', async (_, module) => {
    expect(await failureOf(() => [module()])).toMatch(
      /^AuthModule cannot start .*\n {2}- jwt\.accessPrivateKey is missing: .*\n {2}- jwt\.refreshSecret is missing: .*$/,
    );
  });

  it.each([
    ['forRootAsync()', undefined],
    ['forRootAsync({})', {}],
    ['forRootAsync({ inject: [] })', { inject: [] }],
  ])('by %s reads that it needs a factory', async (_, call) => {
    expect(await failureOf(() => [AuthModule.forRootAsync(untyped(call))])).toMatch(
      /:\n {2}- useFactory is missing: write AuthModule\.forRootAsync\(\{ inject: .*useClass or useExisting$/,
    );
  });

  it.each([
    'userStore',
    'sessionStore',
    'passwordHasher',
    'revocationList',
    'accountRecords',
    'accessJwtStrategy',
  ])('an object as %s reads that it must be a class', async (part) => {
    class Store {}
    const parts = { [part]: new Store() };
    const expected = `must be a class, which Nest instantiates: write ${part}: Store, not ${part}: new Store()`;
    for (const module of [
      () => AuthModule.forRoot({ ...good(), ...(parts as object) }),
      () => AuthModule.forRootAsync({ useFactory: good, ...(parts as object) }),
    ])
      expect(await failureOf(() => [module()])).toBe(
        `AuthModule cannot start with these options:\n  - ${part} ${expected}`,
      );
  });

  it.each([
    [{ userStore: { find: () => null } }, /- userStore must be a class.*: write class Mine \{ … \}/],
    [{ controllers: [{}] }, /- controllers must be a list of classes/],
    [{ controllers: GuardedController }, /- controllers must be a list of classes/],
    [{ usersStore: InMemoryUserStore }, /- usersStore is unknown: did you mean userStore\?$/],
    [{ password: { minLength: 20 } }, /- password is unknown: did you mean passwords\?$/],
    [{ global: true }, /- global is unknown: did you mean isGlobal\?$/],
  ])('%p reads what is wrong', async (more, expected) => {
    expect(await failureOf(() => [AuthModule.forRoot({ ...good(), ...(more as object) })])).toMatch(expected);
  });

  it.each<[object, string]>([
    [{ imports: NeedsAuth }, 'imports must be a list of modules: write imports: [NeedsAuth]'],
    [{ imports: 'x' }, 'imports must be a list of modules: write imports: [MyModule]'],
    [
      { controllers: GuardedController },
      'controllers must be a list of classes, which Nest instantiates: write controllers: [GuardedController]',
    ],
    [
      { controllers: [() => null] },
      'controllers must be a list of classes, which Nest instantiates: write controllers: [MyController]',
    ],
    [{ isGlobal: 'no' }, 'isGlobal must be true or false: write isGlobal: false, or omit it for true'],
    [
      { dataSource: {} },
      "dataSource must be the name of a TypeORM data source: write dataSource: 'name', or omit it for the default one",
    ],
    [
      { userStore: () => new InMemoryUserStore() },
      'userStore must be a class, which Nest instantiates: write class Mine { … } and userStore: Mine, not a function',
    ],
  ])('a part of the wrong type reads what to write: %p', async (parts, expected) => {
    for (const module of [
      () => AuthModule.forRoot({ ...good(), ...parts }),
      () => AuthModule.forRootAsync({ useFactory: good, ...parts }),
    ])
      expect((await failureOf(() => [module()])).split('\n').slice(1)).toEqual([`  - ${expected}`]);
  });

  it.each(['useFactory', 'useClass', 'useExisting'])(
    '%s in forRoot reads to use forRootAsync',
    async (name) => {
      const call = { [name]: good, inject: [] };
      expect((await failureOf(() => [AuthModule.forRoot(untyped(call))])).split('\n').slice(1)).toEqual([
        `  - ${name} is for forRootAsync: write AuthModule.forRootAsync({ … }), not forRoot`,
      ]);
    },
  );

  it.each([['x'], [5], [[]], [good]])('%p instead of an object reads what to write', async (call) => {
    const lines = async (module: () => Import) =>
      (await failureOf(() => [module()])).split('\n').slice(1).join('\n');
    expect(await lines(() => AuthModule.forRoot(untyped(call)))).toBe(
      '  - options must be an object: write forRoot({ jwt: { … } })',
    );
    expect(await lines(() => AuthModule.forRootAsync(untyped(call)))).toBe(
      '  - options must be an object: write forRootAsync({ inject: […], useFactory: (…) => ({ jwt: { … } }) })',
    );
  });

  it.each<[object, string]>([
    [{ useFactory: good() }, 'useFactory must be a function: write useFactory: (…) => ({ jwt: { … } })'],
    [
      { useClass: good },
      'useClass must be a class: write class Mine { create() { return { jwt: { … } }; } } and useClass: Mine',
    ],
    [
      { useClass: NeedsNothing },
      'useClass has no method create: write class NeedsNothing { create() { return { jwt: { … } }; } }, or pass useFactory',
    ],
    [
      {
        useExisting: NeedsNothing,
        imports: [{ module: NeedsNothing, providers: [NeedsNothing], exports: [NeedsNothing] }],
      },
      'useExisting has no method create: write class NeedsNothing { create() { return { jwt: { … } }; } }, or pass useFactory',
    ],
    [{ useFactory: good, inject: NeedsNothing }, 'inject must be a list: write inject: [NeedsNothing]'],
  ])('a source of options that is none reads what to write (%#)', async (call, expected) => {
    const message = await failureOf(() => [AuthModule.forRootAsync(untyped(call))]);
    expect(message.split('\n').slice(1)).toEqual([`  - ${expected}`]);
  });

  it('an unknown name beside the factory reads each known name once', async () => {
    const message = await failureOf(() => [AuthModule.forRootAsync(untyped({ useFactory: good, zzz: 1 }))]);
    const names = /expected one of (.*)$/.exec(message)![1]!.split(', ');
    expect(names).toContain('imports');
    expect(names).toEqual([...new Set(names)]);
  });

  it('parts and unknown options in what the factory returns reads where they belong', async () => {
    const result = { ...good(), userStore: InMemoryUserStore, isGlobal: false, pasword: {} };
    const message = await failureOf(() => [AuthModule.forRootAsync({ useFactory: () => untyped(result) })]);
    const elsewhere = 'pass it next to useFactory, at the top level of forRootAsync';
    expect(message.split('\n').slice(1)).toEqual([
      `  - userStore is a class that Nest instantiates: ${elsewhere}`,
      `  - isGlobal is read by Nest before useFactory runs: ${elsewhere}`,
      '  - pasword is unknown: did you mean passwords?',
    ]);
  });

  it('options beside the factory reads where they belong', async () => {
    const call = { useFactory: good, jwt: {}, injects: [] };
    expect((await failureOf(() => [AuthModule.forRootAsync(untyped(call))])).split('\n').slice(1)).toEqual([
      '  - jwt belongs in what useFactory returns',
      '  - injects is unknown: did you mean inject?',
    ]);
  });

  describe('no data source', () => {
    it('reads how to import TypeOrmModule', async () => {
      expect(await failureOf(() => [AuthModule.forRoot(good())])).toMatch(
        /\n {2}- dataSource is missing: import TypeOrmModule\.forRoot\(\{.*\.\.\.authEntities.*dataSource: 'name'; without TypeORM, pass database: \{ url \} instead$/,
      );
    });

    it('of the name it says reads that name', async () => {
      const module = () => AuthModule.forRoot({ ...good(), dataSource: 'users' });
      expect(await failureOf(() => [module()])).toMatch(
        /\n {2}- dataSource is 'users', but the app has no data source with that name/,
      );
    });

    it('that it may see reads to export it', async () => {
      const dataSource = { provide: getDataSourceToken(), useValue: {} };
      @Module({ providers: [dataSource] })
      class KeepsItModule {}
      expect(await failureOf(() => [KeepsItModule, AuthModule.forRoot(good())])).toMatch(
        /\n {2}- dataSource cannot be used: .*does not export it/,
      );
    });

    it('reads wrong options first, since they are the nearer mistake', async () => {
      expect(await failureOf(() => [AuthModule.forRoot(untyped({ jwt: {} }))])).toMatch(/jwt\.refreshSecret/);
    });
  });

  it.each(['before', 'after'])('%s a database that is away reads what TypeORM says', async (order) => {
    const imports = () => {
      const typeOrm = TypeOrmModule.forRoot({
        type: 'postgres',
        url: 'postgres://127.0.0.1:1/x',
        retryAttempts: 0,
      });
      const auth = AuthModule.forRoot(good());
      return order === 'before' ? [auth, typeOrm] : [typeOrm, auth];
    };
    await expect(
      NestFactory.createApplicationContext(
        { module: class App {}, imports: imports() },
        { logger: false, abortOnError: false },
      ),
    ).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe('an app that gives AuthModule what it needs', () => {
  it.each(['forRoot', 'forRootAsync'])(
    'starts, by %s, with parts of its own that are undefined',
    async (style) => {
      const { userStore, sessionStore, revocationList, passwordHasher, imports, ...options } = inMemoryAuth();
      const parts = {
        userStore,
        sessionStore,
        revocationList,
        passwordHasher,
        imports,
        accessJwtStrategy: undefined,
      };
      const module =
        style === 'forRoot'
          ? AuthModule.forRoot({ ...options, ...parts })
          : AuthModule.forRootAsync({ ...parts, useFactory: () => options });
      expect(await failureOf(() => [module])).toBe('none');
    },
  );

  it('starts with options that are an object of a class', async () => {
    class Config {
      readonly jwt = { accessSecret: secret(), refreshSecret: secret() };
      readonly audit = false;
      readonly clock = Date.now;
      get cleanupEvery() {
        return '0s' as const;
      }
      create(): AuthModuleOptions {
        return this;
      }
    }
    const { userStore, sessionStore, revocationList, imports } = inMemoryAuth();
    const parts = { userStore, sessionStore, revocationList, imports };
    @Module({ providers: [Config], exports: [Config] })
    class ConfigModule {}
    const withConfig = { ...parts, imports: [ConfigModule, ...imports!] };
    class ConfigOfProperty {
      readonly create = () => new Config();
    }
    expect(await failureOf(() => [AuthModule.forRootAsync({ ...parts, useClass: Config })])).toBe('none');
    expect(await failureOf(() => [AuthModule.forRootAsync({ ...parts, useClass: ConfigOfProperty })])).toBe(
      'none',
    );
    expect(await failureOf(() => [AuthModule.forRootAsync({ ...withConfig, useExisting: Config })])).toBe(
      'none',
    );
  });
});
