import 'reflect-metadata';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  Controller,
  type DynamicModule,
  Get,
  type INestApplication,
  Module,
  UseGuards,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { CurrentUser, JwtAuthGuard, type UserRecord, UserStore } from 'latchkey';
import { Client as Postgres } from 'pg';
import { describeUserStore } from '../contract/user-store.contract.js';
import { InMemoryUserStore } from '../../src/testing/index.js';
import { Client, newEmail, PASSWORD } from '../support/client.js';
import { createDatabase, type TestDatabase } from '../support/postgres.js';

const EXTENDING = join(import.meta.dirname, '../../examples/extending');

@Controller('orders')
@UseGuards(JwtAuthGuard)
class OrdersController {
  @Get()
  list(@CurrentUser('id') id: string) {
    return { owner: id };
  }
}

let database: TestDatabase;
let admin: Postgres;
let app: INestApplication;
let client: Client;

/** What a developer does: the schema of the app first, and then the app, or the other way around. */
async function drizzleKitPush(url: string): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      'node_modules/drizzle-kit/bin.cjs',
      'push',
      '--force',
      '--dialect=postgresql',
      '--schema=./drizzle-schema.ts',
    ].concat(`--url=${url}`),
    { cwd: EXTENDING, timeout: 60_000 },
  );
  return stdout;
}

async function start(authModule: DynamicModule): Promise<INestApplication> {
  @Module({ imports: [authModule], controllers: [OrdersController] })
  class HostModule {}
  const host = await NestFactory.create(HostModule, new FastifyAdapter(), {
    logger: false,
    abortOnError: false,
  });
  await host.listen(0, '127.0.0.1');
  return host;
}

const ourTables = async () => {
  const { rows } = await admin.query(`SELECT tablename FROM pg_tables WHERE schemaname = 'latchkey'`);
  return rows.map(({ tablename }) => tablename as string).sort();
};

beforeAll(async () => {
  database = await createDatabase();
  process.env.DATABASE_URL = database.url;
  process.env.JWT_ACCESS_SECRET = randomBytes(48).toString('base64url');
  process.env.JWT_REFRESH_SECRET = randomBytes(48).toString('base64url');
  admin = new Postgres(database.url);
  await admin.connect();
  // The user of the tests is called latchkey: his unqualified names would mean the schema of the same name.
  await admin.query(`ALTER DATABASE ${new URL(database.url).pathname.slice(1)} SET search_path = public`);
  app = await start((await import('../../examples/extending/drizzle.js')).authModule);
  client = new Client(await app.getUrl());
  // After our tables, so that it sees them.
  await drizzleKitPush(database.url);
});
afterAll(async () => {
  await app?.get<{ $client: { end(): Promise<void> } }>('drizzle', { strict: false }).$client.end();
  await app?.close();
  await admin.end();
  await database.drop();
});

describe('an app on Drizzle', () => {
  it('reaches its first protected route', async () => {
    const account = { email: newEmail(), password: PASSWORD };
    const { body } = await client.post('/auth/register', account);
    expect((await client.get('/orders')).status).toBe(401);
    expect((await client.get('/orders', { token: body.accessToken })).body).toEqual({ owner: body.user.id });
    expect(body.user.id).toMatch(/^\d+$/);
  });

  it('may push its schema at any time: drizzle-kit does not see the tables of Latchkey', async () => {
    const before = await ourTables();
    expect(before).toEqual(
      expect.arrayContaining(['refresh_tokens', 'auth_instances', 'auth_audit_receivers']),
    );
    expect(before).not.toContain('users');
    expect(await drizzleKitPush(database.url)).not.toMatch(/drop/i);
    expect(await ourTables()).toEqual(before);
    expect((await client.post('/auth/login', { email: newEmail(), password: PASSWORD })).status).toBe(401);
  });

  describeUserStore('DrizzleUserStore', async () => ({
    store: app.get<UserStore>(UserStore, { strict: false }),
    change: async (id, changes) => {
      for (const [column, value] of Object.entries(changes))
        await admin.query(`UPDATE users SET ${column} = $1 WHERE id = $2`, [value, id]);
    },
  }));
});

describe('an app on Prisma', () => {
  /** Behaves as the generated client does, for what the example asks of it. */
  function clientOf(memory: InMemoryUserStore) {
    type Where = { id: string } | { email: string };
    return {
      user: {
        findUnique: ({ where }: { where: Where }) =>
          'id' in where ? memory.findById(where.id) : memory.findByEmail(where.email),
        createManyAndReturn: async ({ data: [user] }: { data: Parameters<UserStore['create']>[0][] }) => {
          const created = await memory.create(user!);
          return created ? [created] : [];
        },
        updateMany: async (query: {
          where: { id: string; passwordHash: string };
          data: { passwordHash: string };
        }) => {
          const { id, passwordHash } = query.where;
          return {
            count: Number(await memory.replacePasswordHash(id, passwordHash, query.data.passwordHash)),
          };
        },
      },
    };
  }

  describeUserStore('PrismaUserStore on a stand-in of the client', async () => {
    const { PrismaUserStore } = await import('../../examples/extending/prisma.js');
    const memory = new InMemoryUserStore();
    const change = async (id: string, changes: Partial<UserRecord>) =>
      memory.put({ ...(await memory.findById(id))!, ...changes });
    return { store: new PrismaUserStore(clientOf(memory)), change };
  });
});

describe('an app on Mongoose', () => {
  describeUserStore('MongooseUserStore on a stand-in of the collection', async () => {
    const { MongooseUserStore, users } = await import('../../examples/extending/mongoose.js');
    const stored = standInFor(users);
    const change = async (id: string, changes: Partial<UserRecord>) =>
      void Object.assign(stored.get(id)!, changes);
    return { store: new MongooseUserStore(), change };
  });
});

interface Stored {
  email: string;
  passwordHash: string | null;
}

/** Answers as the server does, for what the example asks of it. Mongoose itself makes and checks the documents. */
function standInFor(users: object): Map<string, Stored> {
  const stored = new Map<string, Stored>();
  const Document = users as unknown as new (fields: object) => { id: string; toObject(): Stored };
  const lean = (found: Stored | undefined) => ({ lean: async () => structuredCopy(found) });
  Object.assign(users, {
    findById: (id: string) => lean(stored.get(id)),
    findOne: ({ email }: Stored) => lean([...stored.values()].find((user) => user.email === email)),
    create: async (fields: Stored) => {
      if ([...stored.values()].some(({ email }) => email === fields.email))
        throw Object.assign(new Error('E11000 duplicate key error'), { code: 11_000 });
      const document = new Document({ ...fields, createdAt: new Date() });
      stored.set(document.id, document.toObject());
      return document;
    },
    updateOne: async ({ _id, passwordHash }: Stored & { _id: string }, change: Stored) => {
      const user = stored.get(_id);
      const matches = user?.passwordHash === passwordHash;
      if (matches) Object.assign(user!, change);
      return { modifiedCount: Number(matches) };
    },
  });
  return stored;
}

function structuredCopy(user: Stored | undefined): Stored | null {
  if (!user) return null;
  const { roles = [], permissions = [] } = user as Partial<UserRecord>;
  return { ...user, roles: [...roles], permissions: [...permissions] } as Stored;
}
