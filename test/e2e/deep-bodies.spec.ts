import { type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AuthModule } from '../../src/index.js';
import { inMemoryAuth } from '../../src/testing/index.js';
import { ExpressAdapter } from '../express/adapter.js';
import { Client, newEmail, PASSWORD } from '../support/client.js';

const nest = (open: string, close: string, depth: number) => `${open.repeat(depth)}1${close.repeat(depth)}`;

/** JSON values that none of our fields accepts. */
const VALUES: Record<string, string> = {
  'deep lists': nest('[', ']', 40_000),
  'very deep lists': nest('[', ']', 200_000),
  'deep objects': nest('{"a":', '}', 12_000),
  'deep objects in lists': nest('[{"a":', '}]', 10_000),
  'lists as deep as is allowed': nest('[', ']', 15),
  'a long list': `[${'1,'.repeat(60_000)}1]`,
  'a long list of objects': `[${'{},'.repeat(40_000)}{}]`,
  'an object with many members': `{${Array.from({ length: 20_000 }, (_, i) => `"k${i}":1`).join()}}`,
  'the members of a prototype': '{"constructor":{"prototype":{"x":1}},"toString":1,"hasOwnProperty":1}',
  'an object that says it is long': '{"length":1e9}',
  'an object with a method of a promise': '{"then":1}',
  'a huge number': '1e999',
  true: 'true',
};
const FIELDS: [string, string][] = [
  ['/auth/register', 'email'],
  ['/auth/register', 'password'],
  ['/auth/register', 'name'],
  ['/auth/login', 'email'],
  ['/auth/login', 'password'],
  ['/auth/refresh', 'refreshToken'],
  ['/auth/logout', 'refreshToken'],
  ['/auth/password', 'currentPassword'],
  ['/auth/password', 'newPassword'],
  ['/auth/step-up', 'password'],
];

/** A host whose parsers accept more than ours: bodies of 1 MB, and forms with nested fields. */
async function start(adapter: string): Promise<INestApplication> {
  @Module({ imports: [AuthModule.forRoot(inMemoryAuth())] })
  class HostModule {}

  const settings = { logger: false, abortOnError: false } as const;
  if (adapter === 'fastify') {
    const fastify = new FastifyAdapter({ bodyLimit: 1_000_000 });
    return NestFactory.create<NestFastifyApplication>(HostModule, fastify, settings);
  }
  const app = await NestFactory.create(HostModule, new ExpressAdapter(), { ...settings, bodyParser: false });
  const express = app as INestApplication & { useBodyParser(type: string, options: object): void };
  express.useBodyParser('json', { limit: '1mb' });
  express.useBodyParser('urlencoded', { limit: '1mb', extended: true });
  app.getHttpAdapter().getInstance().set('query parser', 'extended');
  return app;
}

describe.each(['express', 'fastify'])('a body that is hard to digest, on %s', (adapter) => {
  let app: INestApplication;
  let client: Client;
  let token: string;

  beforeAll(async () => {
    app = await start(adapter);
    await app.listen(0, '127.0.0.1');
    client = new Client(await app.getUrl());
    const { body } = await client.post('/auth/register', { email: newEmail(), password: PASSWORD });
    token = body.accessToken;
  });
  afterAll(() => app?.close());

  const fieldsWith = (field: string, value: string, others: object) =>
    `${JSON.stringify(others).slice(0, -1)},"${field}":${value}}`;

  it.each(FIELDS)('%s answers 400, whatever is in %s', async (route, field) => {
    const others = { other: 1, email: newEmail(), password: PASSWORD };
    for (const [name, value] of Object.entries(VALUES)) {
      const raw = fieldsWith(field, value, { ...others, [field]: undefined });
      const { status, body } = await client.post(route, undefined, { raw, token });
      expect([name, status]).toEqual([name, 400]);
      // Fastify's own parser refuses the members of a prototype before we see them.
      const early = adapter === 'fastify' && /prototype/.test(name);
      expect(body.error).toBe(early ? undefined : 'VALIDATION_FAILED');
      expect(JSON.stringify(body).length).toBeLessThan(1_000);
    }
  });

  it.each(['/auth/register', '/auth/login'])(
    '%s answers 400 for an unknown field that is nested deeply',
    async (route) => {
      const value = VALUES['deep lists']!;
      const raw = fieldsWith('x'.repeat(1_000), value, { email: newEmail(), password: PASSWORD });
      const { status, body } = await client.post(route, undefined, { raw });
      expect([status, body.error]).toEqual([400, 'VALIDATION_FAILED']);
      expect(JSON.stringify(body).length).toBeLessThan(1_000);
    },
  );

  it.each(['/auth/register', '/auth/login', '/auth/password', '/auth/step-up'])(
    '%s answers 400 for a body that is a list',
    async (route) => {
      for (const raw of [VALUES['deep lists']!, VALUES['a long list']!, '[]', '[[]]']) {
        const { status, body } = await client.post(route, undefined, { raw, token });
        expect([raw.length, status]).toEqual([raw.length, 400]);
        expect(body.error).toBe('VALIDATION_FAILED');
      }
    },
  );

  it.each(['/oauth/introspect', '/oauth/revoke'])(
    '%s never fails because of a nested form',
    async (route) => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      for (const raw of [
        `token${'[a]'.repeat(20_000)}=1`,
        `token=${'['.repeat(80_000)}`,
        'token[]=1&'.repeat(2_000),
      ])
        expect((await client.post(route, undefined, { raw, headers })).status).toBeLessThan(500);
    },
  );

  it('GET /auth/events never fails because of a nested query', async () => {
    for (const query of [
      `limit${'[a]'.repeat(1_000)}=1`,
      `limit${'[]'.repeat(1_000)}=1`,
      'limit[]=1&'.repeat(200),
    ])
      expect((await client.get(`/auth/events?${query}`, { token })).status).toBeLessThan(500);
  });
});
