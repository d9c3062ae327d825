// Sessions by the million, created by the database itself. Everything about session `n` is derived from `n`.
import { createHash } from 'node:crypto';
import { Progress } from './progress.js';

const BATCH = 50_000;
export const SESSIONS_A_USER = 10;

const uuid = (text) =>
  createHash('md5')
    .update(text)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

export const sidOf = (n) => uuid(`session ${n}`);
export const firstJtiOf = (n) => uuid(`token ${n}`);
export const userOf = (n) => uuid(`user ${Math.floor(n / SESSIONS_A_USER)}`);

/** Adds `count` sessions with their users, `SESSIONS_A_USER` for each user; `expired`: old enough to be deleted. */
export async function addSessions(client, { count, first = 0, expired = false, what }) {
  const progress = new Progress(what, Math.ceil(count / BATCH));
  for (let done = 0; done < count; done += BATCH) {
    const last = first + Math.min(done + BATCH, count) - 1;
    progress.step(`${Math.min(done + BATCH, count)} sessions`);
    await client.query(
      `INSERT INTO users (id, email, password_hash)
       SELECT DISTINCT md5('user ' || n / ${SESSIONS_A_USER})::uuid, 'user' || n / ${SESSIONS_A_USER} || '@example.com', 'none'
       FROM generate_series($1::int, $2::int) AS n ON CONFLICT DO NOTHING`,
      [first + done, last],
    );
    const age = expired ? "interval '40 days'" : "random() * interval '6 days'";
    await client.query(
      `INSERT INTO refresh_tokens (id, user_id, current_jti, created_at, rotated_at, last_used_at, expires_at,
         absolute_expires_at, ip, user_agent)
       SELECT md5('session ' || n)::uuid, md5('user ' || n / ${SESSIONS_A_USER})::uuid::text, md5('token ' || n)::uuid,
         at, at, at, at + interval '7 days', at + interval '30 days', '192.0.2.1',
         'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
       FROM generate_series($1::int, $2::int) AS n, LATERAL (SELECT now() - ${age} + n * interval '0') AS times (at)`,
      [first + done, last],
    );
  }
  progress.end();
}
