import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccountAdmin, authEntities, authMigrations } from 'latchkey';
import { DataSource } from 'typeorm';
import { Client, newEmail, PASSWORD } from '../support/client.js';
import { createDatabase, type TestDatabase } from '../support/postgres.js';

process.env.JWT_ACCESS_SECRET = randomBytes(48).toString('base64url');
process.env.JWT_REFRESH_SECRET = randomBytes(48).toString('base64url');

const { AddCustomerColumns1770000000000, authModule, Customer } =
  await import('../../examples/extending/own-fields.js');

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
        entities: authEntities({ users: Customer }),
        migrations: [...authMigrations, AddCustomerColumns1770000000000],
        migrationsRun: true,
        retryAttempts: 0,
      }),
      authModule,
    ],
  })
  class HostModule {}
  app = await NestFactory.create<INestApplication>(HostModule, new FastifyAdapter(), { logger: false });
  await app.listen(0, '127.0.0.1');
  client = new Client(await app.getUrl());
  await sql('CREATE TABLE invitations (code text PRIMARY KEY, user_id uuid REFERENCES users)');
  await sql(`INSERT INTO invitations VALUES ('invitation 1'), ('invitation 2')`);
});
afterAll(async () => {
  await app?.close();
  await database?.drop();
});

const sql = (text: string) => app.get(DataSource).query(text);
const register = (more: object) =>
  client.post('/auth/register', { email: newEmail(), password: PASSWORD, company: 'Acme', ...more });

describe('an app with fields of its own', () => {
  it('stores them in its columns and shows them to the user', async () => {
    const { status, body } = await register({ invitation: 'invitation 1' });
    expect([status, body.user]).toEqual([201, expect.objectContaining({ company: 'Acme', plan: 'free' })]);
    const me = await client.get('/auth/me', { token: body.accessToken });
    expect(me.body.user).toEqual(body.user);
    expect(await app.get(AccountAdmin).find(body.user.id)).toMatchObject({ company: 'Acme', plan: 'free' });
    expect(await sql(`SELECT user_id FROM invitations WHERE code = 'invitation 1'`)).toEqual([
      { user_id: body.user.id },
    ]);
  });

  it('creates nobody with an invitation that was used before', async () => {
    const email = newEmail();
    expect(await register({ email, invitation: 'invitation 1' })).toMatchObject({
      status: 403,
      body: { error: 'FORBIDDEN', message: 'This invitation cannot be used.' },
    });
    expect((await register({ email, invitation: 'invitation 2' })).status).toBe(201);
  });

  it('says which field is wrong', async () => {
    const { status, body } = await register({ company: '', invitation: 5 });
    expect([status, body.error]).toEqual([400, 'VALIDATION_FAILED']);
    expect(body.details.map(({ field }: { field: string }) => field)).toEqual(['company', 'invitation']);
  });

  it('leaves nothing to do for a generated migration', async () => {
    const { upQueries } = await app.get(DataSource).driver.createSchemaBuilder().log();
    expect(upQueries.filter(({ query }) => query.includes('"users"'))).toEqual([]);
  });
});
