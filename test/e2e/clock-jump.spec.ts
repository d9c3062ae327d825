import { newEmail, PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';
import { until } from '../support/until.js';

const HOUR_MS = 3_600_000;
const { now } = Date;

let host: Host;
let client: Host['client'];
beforeAll(async () => {
  // Not the clock that other tests set: the database's.
  host = await startHost({ options: { clock: undefined } });
  client = host.client;
});
afterEach(() => void (Date.now = now));
afterAll(() => host?.close());

async function signIn() {
  const { body } = await client.post('/auth/register', { email: newEmail(), password: PASSWORD });
  return { token: body.accessToken as string, refreshToken: body.refreshToken as string };
}

const me = async (token: string) => {
  const { status, body } = await client.get('/auth/me', { token });
  return [status, body.error];
};

it.each([2 * HOUR_MS, -2 * HOUR_MS])(
  'what was revoked stays revoked when the clock of the machine is set by %i ms and back',
  async (jump) => {
    const { token, refreshToken } = await signIn();
    await client.post('/auth/logout', { refreshToken });
    Date.now = () => now() + jump;
    // Each revocation is an occasion to drop those whose tokens have expired.
    const other = await signIn();
    await client.post('/auth/logout', { refreshToken: other.refreshToken });
    Date.now = now;
    await until(async () => (await me(token))[1] !== 'TOKEN_EXPIRED');
    expect(await me(token)).toEqual([401, 'TOKEN_REVOKED']);
  },
);

it.each([2 * HOUR_MS, -2 * HOUR_MS])(
  'a token that is valid is accepted again as soon as PostgreSQL has said the time, after a jump by %i ms',
  async (jump) => {
    const { token } = await signIn();
    Date.now = () => now() + jump;
    await until(async () => (await me(token))[0] === 200);
    expect(await me(token)).toEqual([200, undefined]);
  },
);
