import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { TypeOrmModule } from '@nestjs/typeorm';
import { authEntities, authMigrations, BcryptPasswordHasher } from 'latchkey';
import { DataSource } from 'typeorm';
import { Client, PASSWORD } from '../support/client.js';
import { createDatabase, type TestDatabase } from '../support/postgres.js';

process.env.JWT_ACCESS_SECRET = randomBytes(48).toString('base64url');
process.env.JWT_REFRESH_SECRET = randomBytes(48).toString('base64url');

const { authModule } = await import('../../examples/extending/existing-users.js');
const { addressOf, MemberLoginController } = await import('../../examples/extending/user-names.js');

let database: TestDatabase;
let app: INestApplication;
let client: Client;
beforeAll(async () => {
  database = await createDatabase();
  @Module({
    imports: [
      TypeOrmModule.forRoot({
        type: 'postgres',
        url: database.url,
        entities: authEntities({ users: false }),
        migrations: authMigrations({ users: false }),
        migrationsRun: true,
        retryAttempts: 0,
      }),
      authModule,
    ],
    controllers: [MemberLoginController],
  })
  class HostModule {}
  app = await NestFactory.create<INestApplication>(HostModule, new FastifyAdapter(), {
    logger: false,
    abortOnError: false,
  });
  await app.listen(0, '127.0.0.1');
  client = new Client(await app.getUrl());
  await sql(`CREATE TABLE members (id serial PRIMARY KEY, login_address text UNIQUE NOT NULL, full_name text,
    pass text, deleted_at timestamptz, joined_at timestamptz NOT NULL DEFAULT now())`);
  await sql('CREATE TABLE member_roles (member_id int REFERENCES members, role text)');
  const hash = await new BcryptPasswordHasher({ cost: 10 }).hash(PASSWORD);
  for (const [tenant, name] of [
    ['acme', 'Ada L.'],
    ['globex', 'Ada L.'],
    ['acme', 'Bob'],
  ] as const)
    await sql('INSERT INTO members (login_address, full_name, pass) VALUES ($1, $2, $3)', [
      addressOf(tenant, name),
      name,
      hash,
    ]);
  await sql(`INSERT INTO member_roles VALUES (1, 'editor'), (1, 'admin'), (2, 'reader')`);
});
afterAll(async () => {
  await app.close();
  await database.drop();
});

const sql = (text: string, values: unknown[] = []) => app.get(DataSource).query(text, values);
const login = (tenant: string, userName: string, password = PASSWORD) =>
  client.post('/members/login', { tenant, userName, password });

describe('an app whose users existed before', () => {
  it('logs in by user name and tenant, with integer ids and roles from their own table', async () => {
    const [acme, globex] = [await login('acme', 'Ada L.'), await login('globex', 'ada l.')];
    expect([acme.status, acme.body.id, globex.status, globex.body.id]).toEqual([200, '1', 200, '2']);
    const me = await client.get('/auth/me', { token: acme.body.accessToken });
    expect(me.body.user).toMatchObject({ id: '1', roles: ['admin', 'editor'] });
    expect((await client.get('/auth/sessions', { token: acme.body.accessToken })).body).toHaveLength(1);
    expect((await client.get('/auth/events', { token: acme.body.accessToken })).status).toBe(200);
    expect((await client.post('/auth/refresh', { refreshToken: acme.body.refreshToken })).status).toBe(200);
    expect((await login('acme', 'Ada L.', 'wrong')).status).toBe(401);
    expect((await login('nowhere', 'Ada L.')).status).toBe(401);
  });

  it('refuses a member who has been deleted, also at a refresh', async () => {
    const { refreshToken } = (await login('acme', 'Bob')).body;
    await sql('UPDATE members SET deleted_at = now() WHERE id = 3');
    expect((await login('acme', 'Bob')).status).toBe(401);
    expect((await client.post('/auth/refresh', { refreshToken })).status).toBe(401);
  });

  it('has no table users of Latchkey', async () => {
    expect(await sql(`SELECT FROM pg_tables WHERE tablename = 'users'`)).toEqual([]);
  });
});
