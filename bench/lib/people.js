// People who log in, refresh, log out and forget their sessions, in simulated days. The same ones for every table.
import { createHash } from 'node:crypto';
import { IDLE_TTL, ROOM, rotation } from './product-rotation.js';
import { passTo } from './simulated-clock.js';

const ABSOLUTE_DAYS = 30;
const REFRESHES_A_DAY = 2;
/** A day's events are spread over so many parts of it. */
const PARTS = 10;
/** The product's maximum for one statement. */
const BATCH = 100;
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

const INSERT = `INSERT INTO refresh_tokens (id, user_id, current_jti, created_at, rotated_at, last_used_at, expires_at,
    absolute_expires_at, revoked_at, revoked_reason, ip, user_agent)
  SELECT id, owner, jti, created, used, used, LEAST(used + make_interval(secs => ${IDLE_TTL}), ends), ends, revoked,
    CASE WHEN revoked IS NOT NULL THEN 'logout' END, '192.0.2.1', '${AGENT}'
  FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::float8[], $5::float8[], $6::float8[]) AS given (id, owner, jti, start, use, left_at),
    LATERAL (SELECT now() + start * interval '1 day' AS created, now() + use * interval '1 day' AS used,
      now() + (start + ${ABSOLUTE_DAYS}) * interval '1 day' AS ends, now() + left_at * interval '1 day' AS revoked) AS times`;
const LOG_OUT = {
  name: 'log out',
  text: `UPDATE refresh_tokens SET revoked_at = clock_timestamp(), revoked_reason = 'logout' WHERE id = $1 AND revoked_at IS NULL`,
};

export class People {
  /** Sessions that their owners use. */
  #active = [];
  #count = 0;
  #day = 0;
  #seed = 1;

  /** @param clients connections to one database */
  constructor(clients, sessions) {
    this.clients = clients;
    this.sessions = sessions;
    this.users = Math.ceil(sessions / 10);
  }

  /** The state after some months: as many sessions as expire and begin in 30 days. */
  async settle() {
    await this.clients[0].query(
      `INSERT INTO users (id, email, password_hash) SELECT u::uuid, u || '@example.com', 'none' FROM unnest($1::text[]) AS u`,
      [Array.from({ length: this.users }, (_, n) => uuid(`user ${n}`))],
    );
    await passTo(this.clients[0], 0);
    const begun = Array.from({ length: this.sessions }, (_, n) => (n / this.sessions - 1) * ABSOLUTE_DAYS);
    await this.#begin(begun, 0);
  }

  async liveThrough(day) {
    for (let part = 0; part < PARTS; part++) {
      const [from, to] = [day + part / PARTS, day + (part + 1) / PARTS];
      await passTo(this.clients[0], from);
      const refreshing = this.#active.filter(
        ({ until }) => until > to && this.#random() < REFRESHES_A_DAY / PARTS,
      );
      await this.#inTurn(refreshing, BATCH, rotateTogether);
      await this.#begin(Array(Math.round(this.sessions / ABSOLUTE_DAYS / PARTS)).fill(from), from);
      await this.#leave(to);
    }
    this.#day = day + 1;
    // What a connection counts is otherwise reported up to ten seconds later.
    for (const client of this.clients) {
      await client.query('SELECT pg_stat_force_next_flush()');
      await client.query('SELECT 1');
    }
  }

  /** Sessions that may be refreshed now, chosen at random. Real time passes too: none that end within a day. */
  some(count) {
    const lasting = this.#active.filter(({ until }) => until > this.#day + 1);
    return Array.from({ length: count }, () => lasting[Math.floor(Math.random() * lasting.length)]);
  }

  async #begin(starts, now) {
    const sessions = starts.map((start) => this.#session(start, now));
    const fields = ['sid', 'owner', 'jti', 'start', 'used', 'left'];
    const columns = fields.map((field) => sessions.map((one) => one[field]));
    await this.clients[0].query(INSERT, columns);
    for (const { sid, owner, jti, until, logsOut } of sessions)
      if (until > now) this.#active.push({ sid, owner, jti, until, logsOut });
  }

  /** Half of the sessions are used until they expire, three in ten are forgotten within a week, the rest log out. */
  #session(start, now) {
    const n = this.#count++;
    const [fate, when] = [this.#random(), this.#random()];
    const until = start + (fate < 0.5 ? ABSOLUTE_DAYS : when * (fate < 0.8 ? 7 : ABSOLUTE_DAYS));
    const logsOut = fate >= 0.8;
    return {
      sid: uuid(`session ${n}`),
      owner: uuid(`user ${Math.floor(this.#random() * this.users)}`),
      jti: uuid(`token ${n}`),
      until,
      logsOut,
      // Relative to the clock.
      start: start - now,
      used: Math.min(until, now) - now,
      left: logsOut && until <= now ? until - now : null,
    };
  }

  async #leave(time) {
    const leaving = this.#active.filter(({ until }) => until <= time);
    this.#active = this.#active.filter(({ until }) => until > time);
    const loggingOut = leaving.filter(({ logsOut }) => logsOut);
    await this.#inTurn(loggingOut, 1, (client, [{ sid }]) => client.query({ ...LOG_OUT, values: [sid] }));
  }

  /** As many at once as there are connections. */
  async #inTurn(sessions, size, work) {
    let next = 0;
    const worker = async (client) => {
      while (next < sessions.length) await work(client, sessions.slice(next, (next += size)));
    };
    await Promise.all(this.clients.map(worker));
  }

  /** The same for every table (mulberry32). */
  #random() {
    this.#seed = (this.#seed + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#seed ^ (this.#seed >>> 15), 1 | this.#seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }
}

async function rotateTogether(client, batch) {
  const next = batch.map(() => crypto.randomUUID());
  const columns = ['sid', 'jti'].map((field) => batch.map((session) => session[field]));
  const values = [IDLE_TTL, ...columns, next, batch.map(({ owner }) => owner), batch.map(() => ROOM)];
  const { rowCount } = await client.query({ name: 'together', text: rotation.together, values });
  if (rowCount !== batch.length) throw new Error(`Of ${batch.length} sessions, ${rowCount} were refreshed.`);
  batch.forEach((session, i) => (session.jti = next[i]));
}

export async function rotateAlone(client, session) {
  const jti = crypto.randomUUID();
  const values = [IDLE_TTL, session.sid, session.jti, jti, session.owner, ROOM];
  const { rowCount } = await client.query({ name: 'alone', text: rotation.alone, values });
  if (rowCount !== 1) throw new Error('A session was not refreshed.');
  session.jti = jti;
}

function uuid(text) {
  return createHash('md5')
    .update(text)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
