// better-auth on PostgreSQL, for the contenders that use it.
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { Pool } from 'pg';
import { ACCESS_SECRET } from './keys.js';

/** With its cookie cache, it believes a signed cookie for an hour; without, it reads the session from the database. */
export async function betterAuthOn(databaseUrl, { url, cookieCache }) {
  const settings = {
    baseURL: url,
    secret: ACCESS_SECRET,
    database: new Pool({ connectionString: databaseUrl, max: 20 }),
    emailAndPassword: { enabled: true },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    session: { cookieCache: { enabled: cookieCache, maxAge: 3600 } },
    logger: { level: 'error' },
  };
  const { runMigrations } = await getMigrations(settings);
  await runMigrations();
  return betterAuth(settings);
}

/** Signs up 32 users at the app; resolves with the value of each one's header `cookie`. */
export const cookiesOfUsers = (url) =>
  Promise.all(
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
