import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { Client, PASSWORD } from '../support/client.js';
import { createDatabase, type TestDatabase } from '../support/postgres.js';

let database: TestDatabase;
let app: INestApplication;
let client: Client;
beforeAll(async () => {
  database = await createDatabase();
  const secret = () => randomBytes(48).toString('base64url');
  Object.assign(process.env, {
    OWN_USERS_DATABASE: database.url,
    OWN_USERS_ACCESS: secret(),
    OWN_USERS_REFRESH: secret(),
  });
  const { AppModule } = await import('../support/own-users-host.js');
  app = await NestFactory.create<INestApplication>(AppModule, new FastifyAdapter(), { logger: false });
  await app.listen(0, '127.0.0.1');
  client = new Client(await app.getUrl());
  await app.get(DataSource)
    .query(`CREATE TABLE members (id serial PRIMARY KEY, user_name text UNIQUE NOT NULL,
    full_name text, pass text, team text NOT NULL, joined_at timestamptz NOT NULL DEFAULT now())`);
});
afterAll(async () => {
  await app?.close();
  await database?.drop();
});

const member = (userName: string, more: object = {}) => ({
  userName,
  password: PASSWORD,
  team: 'red',
  ...more,
});

describe('an app with integer ids, user names and fields of its own', () => {
  it('registers a member, who logs in by user name and passes the guard', async () => {
    const registered = await client.post('/auth/register', member('ada', { name: 'Ada' }));
    expect(registered).toMatchObject({
      status: 201,
      body: { user: { id: '1', email: 'ada', name: 'Ada', team: 'red', roles: [] } },
    });
    const login = await client.post('/login', { userName: 'Ada', password: PASSWORD });
    expect(login.status).toBe(200);
    const token = login.body.accessToken;
    expect((await client.get('/whoami', { token })).body).toEqual({ id: '1' });
    expect((await client.get('/whoami')).status).toBe(401);
    expect((await client.get('/auth/me', { token })).body).toEqual({ user: registered.body.user });
    const { refreshToken } = login.body;
    expect((await client.post('/auth/refresh', { refreshToken })).status).toBe(200);
    const change = { currentPassword: PASSWORD, newPassword: `${PASSWORD} indeed` };
    expect((await client.post('/auth/password', change, { token })).status).toBe(204);
    expect((await client.post('/login', { userName: 'ada', password: PASSWORD })).status).toBe(401);
  });

  it('refuses what the fields do not allow, and a user name that is taken', async () => {
    const wrong = await client.post('/auth/register', member('x', { team: 'green' }));
    const fields = wrong.body.details.map(({ field }: { field: string }) => field);
    expect([wrong.status, fields.toSorted()]).toEqual([400, ['team', 'userName']]);
    await client.post('/auth/register', member('grace'));
    expect((await client.post('/auth/register', member('grace'))).status).toBe(409);
    // An address that the client sends does not count.
    const planted = member('linus', { email: 'grace@members.invalid' });
    expect((await client.post('/auth/register', planted)).body.user.email).toBe('linus');
  });
});
