// better-auth on PostgreSQL: `get-session` reads the database or, with its cookie cache, a signed cookie.
import { createServer } from 'node:http';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import { Pool } from 'pg';
import { options, ready } from '../lib/contender.js';
import { ACCESS_SECRET } from '../lib/keys.js';

const server = createServer();
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${server.address().port}`;

const settings = {
  baseURL: url,
  secret: ACCESS_SECRET,
  database: new Pool({ connectionString: options.databaseUrl, max: 20 }),
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  session: { cookieCache: { enabled: options.cookieCache, maxAge: 3600 } },
  logger: { level: 'error' },
};
const { runMigrations } = await getMigrations(settings);
await runMigrations();
const handler = toNodeHandler(betterAuth(settings));
server.on('request', (request, response) => void handler(request, response));

const cookies = await Promise.all(
  Array.from({ length: 32 }, async (_, i) => {
    const body = { name: 'Ada', email: `ada${i}@example.com`, password: 'correct horse battery staple' };
    const answer = await fetch(`${url}/api/auth/sign-up/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`better-auth sign-up: ${answer.status} ${await answer.text()}`);
    return answer.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0])
      .join('; ');
  }),
);
ready({ url, cookies });
