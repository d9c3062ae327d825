// Covers docs/security.md, case 76, 77, 79, 80, 81.
import type { DataSource } from 'typeorm';
import { AccountProtection, AuthService, Cleanup } from '../../src/index.js';
import { type Answer, newEmail, PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';
import { processorMs } from '../support/processor-time.js';

const WRONG = 'not the sentence of anyone';

const rateLimits = { login: { limit: 10_000, per: '1m' }, register: { limit: 10_000, per: '1m' } } as const;

let host: Host;
let database: DataSource;
beforeAll(async () => {
  host = await startHost({
    adapter: 'fastify',
    options: { rateLimits },
  });
  database = host.database;
});
afterAll(() => host?.close());

const register = async () => {
  const email = newEmail();
  const { body } = await host.client.post('/auth/register', { email, password: PASSWORD });
  return { email, token: body.accessToken as string, id: body.user.id as string };
};
const login = (email: string, password = WRONG) => host.client.post('/auth/login', { email, password });
const fail = async (email: string, times: number) => {
  const answers: Answer[] = [];
  for (let i = 0; i < times; i++) answers.push(await login(email));
  return answers.map(({ status }) => status);
};
interface Row {
  failures: number;
  total: number;
  user_id: string | null;
}
const rowOf = async (email: string) =>
  (
    await database.query<Row[]>(
      `SELECT failures, total, user_id FROM login_attempts
       WHERE account = encode(sha256(convert_to($1, 'UTF8')), 'hex')`,
      [email],
    )
  )[0];
const set = (email: string, changes: string) =>
  database.query(
    `UPDATE login_attempts SET ${changes} WHERE account = encode(sha256(convert_to($1, 'UTF8')), 'hex')`,
    [email],
  );
/** Skips the wait until the next attempt is allowed. */
const wait = (email: string) => set(email, 'free_at = now()');
/** Sets the counts as if that many attempts had failed in a row, slowly. */
const haveFailed = async (email: string, times: number) => {
  await login(email);
  await set(email, `failures = 1, total = ${times}, free_at = NULL`);
};

describe('the delay', () => {
  it.each(['a user', 'nobody'])('allows five failures, then doubles from 1 s to 15 min: %s', async (who) => {
    const email = who === 'nobody' ? newEmail() : (await register()).email;
    expect(await fail(email, 5)).toEqual([401, 401, 401, 401, 401]);
    const waits: number[] = [];
    for (let i = 0; i < 12; i++) {
      const refused = await login(email);
      expect(refused.body).toMatchObject({ statusCode: 429, error: 'RATE_LIMITED' });
      waits.push(Number(refused.headers.get('retry-after')));
      await wait(email);
      expect((await login(email)).status).toBe(401);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
  });

  it('does not grow when a refused attempt is repeated', async () => {
    const { email } = await register();
    await fail(email, 7);
    expect(await rowOf(email)).toMatchObject({ failures: 5, total: 5 });
  });

  it('also refuses the right password while it lasts, and lets it in afterwards', async () => {
    const { email } = await register();
    await fail(email, 5);
    expect((await login(email, PASSWORD)).status).toBe(429);
    await wait(email);
    expect((await login(email, PASSWORD)).status).toBe(200);
  });

  it('starts over after a successful login', async () => {
    const { email } = await register();
    await fail(email, 4);
    expect((await login(email, PASSWORD)).status).toBe(200);
    expect(await rowOf(email)).toBeUndefined();
    expect(await fail(email, 6)).toEqual([401, 401, 401, 401, 401, 429]);
  });

  it('starts over after a day without an attempt, but failures in a row still count', async () => {
    const { email } = await register();
    await fail(email, 5);
    await set(email, `last_at = now() - interval '25 hours', free_at = NULL`);
    await login(email);
    expect(await rowOf(email)).toMatchObject({ failures: 1, total: 6 });
  });

  it('treats other spellings of an address as the same account', async () => {
    const { email } = await register();
    await fail(email, 5);
    expect((await login(email.toUpperCase())).status).toBe(429);
  });

  it('is checked without a lock: a flood on one account holds no connections', async () => {
    const { email } = await register();
    await fail(email, 5);
    await set(email, `free_at = now() + interval '1 minute'`);
    const holder = database.createQueryRunner();
    await holder.startTransaction();
    try {
      await holder.query('SELECT * FROM login_attempts FOR UPDATE');
      const answers = await Promise.all(Array.from({ length: 30 }, () => login(email)));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([429]));
    } finally {
      await holder.rollbackTransaction();
      await holder.release();
    }
  });

  it('does not affect other accounts', async () => {
    await fail((await register()).email, 6);
    expect((await login((await register()).email, PASSWORD)).status).toBe(200);
  });

  it('also applies to the current password in a password change, with a count of the session', async () => {
    const { email, token } = await register();
    const other = (await login(email, PASSWORD)).body.accessToken as string;
    const change = (currentPassword: string, by = token) =>
      host.client.post(
        '/auth/password',
        { currentPassword, newPassword: 'quite another sentence' },
        { token: by },
      );
    for (let i = 0; i < 5; i++) expect((await change(WRONG)).status).toBe(401);
    expect((await change(PASSWORD)).status).toBe(429);
    expect(await rowOf(email)).toBeUndefined();
    expect((await login(email, PASSWORD)).status).toBe(200);
    await fail(email, 6);
    expect((await change(PASSWORD, other)).status).toBe(204);
    expect((await login(email, 'quite another sentence')).status).toBe(200); // the failures are forgotten
  });

  it('a stolen session finds nothing after a hundred failures, even if it waits', async () => {
    const { id, token } = await register();
    const body = { currentPassword: WRONG, newPassword: 'quite another sentence' };
    await host.client.post('/auth/password', body, { token });
    await database.query(
      `UPDATE login_attempts SET failures = 1, total = 100, free_at = NULL WHERE user_id = $1 AND counter = 'session'`,
      [id],
    );
    const right = { ...body, currentPassword: PASSWORD };
    expect((await host.client.post('/auth/password', right, { token })).status).toBe(401);
  });

  it('does not count a new password that the policy refuses', async () => {
    const { email, token } = await register();
    const body = { currentPassword: WRONG, newPassword: 'short' };
    expect((await host.client.post('/auth/password', body, { token })).status).toBe(400);
    expect(await rowOf(email)).toBeUndefined();
  });
});

describe('a hundred failures in a row', () => {
  it('still accept the right password at the hundredth attempt', async () => {
    const { email } = await register();
    await haveFailed(email, 99);
    expect((await login(email, PASSWORD)).status).toBe(200);
  });

  it('then right and wrong passwords get the same answer, and existing sessions continue', async () => {
    const { email, token } = await register();
    await haveFailed(email, 100);
    const [right, wrong] = [await login(email, PASSWORD), await login(email)];
    expect(right.status).toBe(401);
    expect({ ...right.body, requestId: '' }).toEqual({ ...wrong.body, requestId: '' });
    expect((await host.client.get('/auth/me', { token })).status).toBe(200);
    expect(await fail(email, 3)).toEqual([401, 401, 429]); // still slowed down
    const change = { currentPassword: PASSWORD, newPassword: 'quite another sentence' };
    expect((await host.client.post('/auth/password', change, { token })).status).toBe(204);
    expect((await login(email, 'quite another sentence')).status).toBe(200);
  });

  it('no pause, however long, starts the count over', async () => {
    const { email } = await register();
    await haveFailed(email, 100);
    await set(email, `last_at = now() - interval '1 year'`);
    await host.app.get(Cleanup).run();
    expect((await login(email, PASSWORD)).status).toBe(401);
  });

  it('an authorized reset lets the user log in again', async () => {
    const { email } = await register();
    await haveFailed(email, 100);
    await host.app.get(AccountProtection).reset(email);
    expect((await login(email, PASSWORD)).status).toBe(200);
  });

  it('failures before an address was registered do not lock out its later owner', async () => {
    const email = newEmail();
    await haveFailed(email, 100);
    await host.client.post('/auth/register', { email, password: PASSWORD });
    expect((await login(email, PASSWORD)).status).toBe(200);
  });
});

describe('what the answers reveal', () => {
  it('unknown, wrong, disabled and turned off get the same status, body and headers, delayed or not', async () => {
    const [wrong, disabled, off] = [await register(), await register(), await register()];
    await database.query(`UPDATE users SET disabled_at = now() WHERE id = $1`, [disabled.id]);
    await haveFailed(off.email, 100);
    const tries: [string, string][] = [
      [newEmail(), PASSWORD],
      [wrong.email, WRONG],
      [disabled.email, PASSWORD],
      [off.email, PASSWORD],
    ];
    const look = ({ status, body, headers }: Answer) => ({
      status,
      body: { ...body, requestId: '' },
      headers: [...headers.keys()].toSorted(),
      wait: headers.get('retry-after'),
    });
    const seen = async () => {
      const answers = [];
      for (const [email, password] of tries) answers.push(look(await login(email, password)));
      return answers;
    };
    const refused = await seen();
    for (const answer of refused) expect(answer).toEqual(refused[0]);
    for (const [email] of tries) await set(email, `failures = 8, free_at = now() + interval '8 seconds'`);
    const delayed = await seen();
    expect(delayed[0]!.status).toBe(429);
    for (const answer of delayed) expect({ ...answer, wait: 0 }).toEqual({ ...delayed[0], wait: 0 });
  });

  it('their timing is the same too: each of the four costs as much work as a hash', async () => {
    // At any allowed cost, a hash takes several times as long as the rest of an answer.
    const slow = await startHost({
      adapter: 'fastify',
      options: { rateLimits, passwords: { bcryptCost: 10 } },
    });
    const emails = Array.from({ length: 4 }, newEmail);
    const [unknown, wrong, disabled, off] = emails as [string, string, string, string];
    for (const email of [wrong, disabled, off])
      await slow.client.post('/auth/register', { email, password: PASSWORD });
    await slow.database.query(`UPDATE users SET disabled_at = now() WHERE email = $1`, [disabled]);
    const tries = [
      { email: unknown, password: PASSWORD },
      { email: wrong, password: WRONG },
      { email: disabled, password: PASSWORD },
      { email: off, password: PASSWORD },
    ];
    await slow.client.post('/auth/login', { email: off, password: WRONG });
    await slow.database.query(`UPDATE login_attempts SET failures = 1, total = 100, free_at = NULL`);
    // The minimum of each, since a busy machine makes answers slower but never faster.
    const [waited, worked] = [tries.map(() => Infinity), tries.map(() => Infinity)];
    const spread = (least: number[]) => Math.max(...least) / Math.min(...least);
    for (let round = 0; round < 3 || (round < 12 && spread(waited) >= 3); round++) {
      for (const [i, credentials] of tries.entries()) {
        const began = performance.now();
        const work = await processorMs(async () => {
          expect((await slow.client.post('/auth/login', credentials)).status).toBe(401);
        });
        waited[i] = Math.min(waited[i]!, performance.now() - began);
        worked[i] = Math.min(worked[i]!, work);
      }
    }
    await slow.close();
    expect(spread(waited)).toBeLessThan(3);
    expect(spread(worked)).toBeLessThan(3);
  });

  it('the table contains no address', async () => {
    await login('quite.private@example.com');
    const rows = await database.query(`SELECT * FROM login_attempts`);
    expect(JSON.stringify(rows)).not.toContain('@');
  });
});

describe('cleanup', () => {
  it('forgets addresses without an account a day after the last attempt, and no user', async () => {
    const [unknown, recent, { email: known }] = [newEmail(), newEmail(), await register()];
    for (const email of [unknown, recent, known]) await login(email);
    for (const email of [unknown, known]) await set(email, `last_at = now() - interval '25 hours'`);
    await host.app.get(Cleanup).run();
    expect(await rowOf(unknown)).toBeUndefined();
    expect(await rowOf(recent)).toMatchObject({ total: 1, user_id: null });
    expect(await rowOf(known)).toMatchObject({ total: 1 });
  });
});

describe('a failed call', () => {
  it('changes no count when there is no capacity for hashing', async () => {
    const tight = await startHost({
      options: { rateLimits: {}, passwords: { bcryptCost: 10, hashingQueue: 0 } },
    });
    const emails = Array.from({ length: 12 }, newEmail);
    const answers = await Promise.all(
      emails.map((email) => tight.client.post('/auth/login', { email, password: WRONG })),
    );
    const rows = await tight.database.query<{ total: number }[]>(`SELECT total FROM login_attempts`);
    const refused = answers.filter(({ status }) => status === 503);
    expect(refused.length).toBeGreaterThan(0);
    for (const { headers } of refused) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(rows.filter(({ total }) => total === 1)).toHaveLength(12 - refused.length);
    expect(rows.filter(({ total }) => total === 0)).toHaveLength(refused.length);
    await tight.close();
  });

  it('leaves the delay unchanged', async () => {
    const { email } = await register();
    await fail(email, 5);
    await wait(email);
    const before = await rowOf(email);
    const failure = host.app
      .get(AccountProtection)
      .attempt({ email, userId: before!.user_id }, () => Promise.reject(new Error('something else')));
    await expect(failure).rejects.toThrow('something else');
    expect(await rowOf(email)).toEqual(before);
    expect((await login(email, PASSWORD)).status).toBe(200);
  });

  it('counts nothing while the database is unavailable, and reports it', async () => {
    const { email } = await register();
    await database.query('ALTER TABLE login_attempts RENAME TO hidden');
    const gone = await login(email, PASSWORD);
    await database.query('ALTER TABLE hidden RENAME TO login_attempts');
    expect(gone.status).toBe(500); // fail closed: without a count, no password is checked
    expect((await login(email, PASSWORD)).status).toBe(200);
  });
});

describe('turned off', () => {
  it('together with every limit, or alone', async () => {
    for (const options of [{ rateLimits: false }, { accountProtection: false }] as const) {
      const free = await startHost({ options });
      const email = newEmail();
      await free.app.get(AuthService).createUser({ email, password: PASSWORD });
      for (let i = 0; i < 7; i++)
        expect((await free.client.post('/auth/login', { email, password: WRONG })).status).toBe(401);
      await free.close();
    }
  });
});
