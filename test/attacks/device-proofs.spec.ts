import { AuthEvents, type AuthEventType } from '../../src/index.js';
import { type Answer, newEmail, PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';

const WRONG = 'not the sentence of anyone';
const NEXT = 'quite another sentence';
const COOKIES = { 'x-auth-transport': 'cookie' };

interface Account {
  email: string;
  id: string;
  token: string;
  deviceProof: string;
}

let host: Host;
beforeAll(async () => {
  host = await startHost({ options: { accountProtection: {} } });
});
afterAll(() => host?.close());

const register = async (): Promise<Account> => {
  const email = newEmail();
  const { body, headers } = await host.client.post('/auth/register', { email, password: PASSWORD });
  return { email, id: body.user.id, token: body.accessToken, deviceProof: proofIn(headers) };
};
const proofIn = (headers: Headers) => headers.get('x-device-proof')!;
const login = (email: string, password: string, deviceProof?: unknown) =>
  host.client.post('/auth/login', { email, password, deviceProof });
const inParallel = (times: number, work: () => Promise<Answer>) =>
  Promise.all(Array.from({ length: times }, work));
const looked = (answers: Answer[]) => answers.filter(({ status }) => status === 401).length;
/** On a slow machine a burst outlasts the first delays, and each one that passes allows another attempt. */
const budget = (began: number) => 5 + Math.floor(Math.log2((performance.now() - began) / 1_000 + 1));
const attacked = async (email: string, failures = 5_000) => {
  await login(email, WRONG);
  await host.database.query(
    `UPDATE login_attempts SET failures = 20, total = $2, free_at = now() + interval '15 minutes'
     WHERE account = encode(sha256(convert_to($1, 'UTF8')), 'hex')`,
    [email, failures],
  );
};
const rowsOf = (id: string) =>
  host.database.query(`SELECT counter, total FROM login_attempts WHERE user_id = $1 ORDER BY counter`, [id]);

describe('a stranger with thousands of failures', () => {
  it('stops neither the known device nor the signed-in owner, and is stopped itself', async () => {
    const ada = await register();
    await attacked(ada.email);
    expect((await login(ada.email, PASSWORD)).status).toBe(429);
    const known = await login(ada.email, PASSWORD, ada.deviceProof);
    expect(known.status).toBe(200);
    expect((await login(ada.email, WRONG)).status).toBe(429); // the success of the device gives strangers nothing
    const change = { currentPassword: PASSWORD, newPassword: NEXT };
    const { status } = await host.client.post('/auth/password', change, { token: known.body.accessToken });
    expect(status).toBe(204);
  });

  it('stops no browser with the device cookie, which every login sets', async () => {
    const email = newEmail();
    const answer = await host.client.post(
      '/auth/register',
      { email, password: PASSWORD },
      { headers: COOKIES },
    );
    const { value, attributes } = answer.cookies.device!;
    expect(answer.headers.get('x-device-proof')).toBeNull();
    expect(attributes.map((each) => each.toLowerCase())).toEqual(
      expect.arrayContaining(['max-age=15552000', 'path=/', 'httponly', 'samesite=lax']),
    );
    await attacked(email);
    const headers = { ...COOKIES, cookie: `device=${value}` };
    const again = await host.client.post('/auth/login', { email, password: PASSWORD }, { headers });
    expect(again.status).toBe(200);
    expect(again.cookies.device!.value.slice(0, 24)).toBe(value.slice(0, 24)); // still the same device
  });
});

describe('a proof of a device', () => {
  it.each(['with', 'without'])(
    '%s it, of 100 parallel wrong passwords only five are checked',
    async (how) => {
      const { email, id, deviceProof } = await register();
      const began = performance.now();
      const proof = how === 'with' ? deviceProof : undefined;
      const answers = await inParallel(100, () => login(email, WRONG, proof));
      expect(looked(answers)).toBeGreaterThanOrEqual(5);
      expect(looked(answers)).toBeLessThanOrEqual(budget(began));
      expect(await rowsOf(id)).toEqual([
        { counter: how === 'with' ? 'device' : 'strangers', total: looked(answers) },
      ]);
    },
  );

  it('that is stolen gives a hundred failures in all; then its holder is a stranger', async () => {
    const { email, id, deviceProof } = await register();
    await login(email, WRONG, deviceProof);
    await host.database.query(
      `UPDATE login_attempts SET failures = 1, total = 99, free_at = NULL WHERE user_id = $1`,
      [id],
    );
    const answers = await inParallel(20, () => login(email, WRONG, deviceProof));
    expect(looked(answers)).toBeGreaterThan(1);
    expect(await rowsOf(id)).toEqual([
      { counter: 'device', total: 100 },
      { counter: 'strangers', total: looked(answers) - 1 },
    ]);
    await attacked(email);
    expect((await login(email, PASSWORD, deviceProof)).status).toBe(429);
    await host.database.query(`UPDATE login_attempts SET free_at = NULL, total = 5 WHERE total = 5000`);
    const back = proofIn((await login(email, PASSWORD, deviceProof)).headers);
    await attacked(email);
    expect((await login(email, PASSWORD, deviceProof)).status).toBe(429); // the stolen one is still spent
    expect((await login(email, PASSWORD, back)).status).toBe(200);
  });

  it('of another account, forged, cut or oversized, helps as little as none', async () => {
    const [ada, eve] = [await register(), await register()];
    await attacked(ada.email);
    const own = ada.deviceProof;
    for (const proof of [
      eve.deviceProof,
      own.slice(0, -1),
      `${own}A`,
      own.replace(/.$/, '~'),
      'x'.repeat(50_000),
    ])
      expect((await login(ada.email, PASSWORD, proof)).status).toBe(429);
    for (const wrong of [1, {}, [own], true])
      expect((await login(ada.email, PASSWORD, wrong)).body.error).toBe('VALIDATION_FAILED');
    expect((await login(ada.email, PASSWORD, own)).status).toBe(200);
  });

  it('does not survive a change of the password, except where that was changed by cookie', async () => {
    const ada = await register();
    const headers = { ...COOKIES };
    const browser = await host.client.post(
      '/auth/login',
      { email: ada.email, password: PASSWORD },
      { headers },
    );
    const cookie = `access=${browser.cookies.access!.value}`;
    const change = { currentPassword: PASSWORD, newPassword: NEXT };
    const changed = await host.client.post('/auth/password', change, { headers: { cookie } });
    expect(changed.status).toBe(204);
    await attacked(ada.email);
    expect((await login(ada.email, NEXT, ada.deviceProof)).status).toBe(429);
    expect((await login(ada.email, NEXT, browser.cookies.device!.value)).status).toBe(429);
    expect((await login(ada.email, NEXT, changed.cookies.device!.value)).status).toBe(200);
  });

  it('is no credential anywhere', async () => {
    const { deviceProof } = await register();
    const me = await host.client.get('/auth/me', { token: deviceProof });
    const refresh = await host.client.post('/auth/refresh', { refreshToken: deviceProof });
    const cookie = `access=${deviceProof}; device=${deviceProof}`;
    const cookies = await host.client.get('/auth/me', { headers: { cookie } });
    expect([me.status, refresh.status, cookies.status]).toEqual([401, 401, 401]);
  });

  it('does not reveal whether an account exists', async () => {
    const [ada, eve] = [await register(), await register()];
    const look = ({ status, body, headers }: Answer) => ({
      status,
      body: { ...body, requestId: '' },
      headers: [...headers.keys()].toSorted(),
    });
    const answers = [];
    for (const email of [ada.email, newEmail()])
      for (const proof of [undefined, eve.deviceProof, 'forged'])
        answers.push(look(await login(email, WRONG, proof)));
    answers.push(look(await login(ada.email, WRONG, ada.deviceProof)));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });
});

describe('what the owner and operators are told', () => {
  const during = async (work: () => Promise<unknown>) => {
    const seen: AuthEventType[] = [];
    const end = host.app.get(AuthEvents).subscribe(({ type, ...event }) => {
      if (type.startsWith('password-')) seen.push(type);
      if (type === 'alert' && 'rule' in event && event.rule === 'password-off') seen.push(type);
    });
    await work();
    end();
    return seen;
  };
  const failAt = async (email: string, failures: number) => {
    await attacked(email, failures - 1);
    await host.database.query(`UPDATE login_attempts SET free_at = NULL`);
    await login(email, WRONG);
  };

  it('more than twenty failures of strangers: once a day', async () => {
    const { email } = await register();
    expect(await during(() => failAt(email, 20))).toEqual([]);
    expect(await during(() => failAt(email, 21))).toEqual(['password-attacked']);
    expect(await during(() => failAt(email, 22))).toEqual([]);
    await host.database.query(`UPDATE login_attempts SET noticed_at = noticed_at - interval '1 day'`);
    expect(await during(() => failAt(email, 23))).toEqual(['password-attacked']);
  });

  it('a password that is off: once, with an alert', async () => {
    const { email } = await register();
    const off = ['password-off', 'alert', 'password-attacked'];
    expect((await during(() => failAt(email, 100))).toSorted()).toEqual(off.toSorted());
    expect(await during(() => failAt(email, 101))).toEqual([]);
  });

  it('nothing about addresses that nobody has', async () => {
    const email = newEmail();
    expect(await during(() => failAt(email, 21))).toEqual([]);
    expect(await during(() => failAt(email, 100))).toEqual([]);
  });
});
