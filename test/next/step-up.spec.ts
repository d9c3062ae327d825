import { createLatchkeyNext } from '../../src/next/latchkey-next.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { createMigratedDatabase, type TestDatabase } from '../support/postgres.js';
import { type ServiceHere, startServiceHere } from '../support/service-here.js';
import { productionSettings, PUBLIC_URL } from '../support/service-process.js';

let database: TestDatabase;
let service: ServiceHere;
beforeAll(async () => {
  database = await createMigratedDatabase();
  service = await startServiceHere(productionSettings(database.url));
});
afterAll(async () => {
  await service.end();
  await database.drop();
});

const jar = new Map<string, string>();
const post = (name: string, body: object, headers: Record<string, string> = {}) =>
  new Request(`http://app.example.com/api/auth/${name}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'sec-fetch-site': 'same-origin',
      cookie: [...jar].map((pair) => pair.join('=')).join('; '),
      ...headers,
    },
    body: JSON.stringify(body),
  });
const take = (response: Response) => {
  const pairs = response.headers.getSetCookie().map((line) => /^([^=]+)=([^;]*)/.exec(line)!);
  for (const [, name, value] of pairs) jar.set(name!, value!);
  return pairs.map(([, name]) => name);
};

it('the helper for Next.js steps up with its own cookies, and says how and when the user authenticated', async () => {
  const { handlers, getSession } = createLatchkeyNext({ url: service.client.url, issuer: PUBLIC_URL });
  const session = () =>
    getSession({ get: (name) => (jar.has(name) ? { value: jar.get(name)! } : undefined) });
  take(await handlers.register(post('register', { email: newEmail(), password: PASSWORD })));
  const before = await session();
  expect(before).toMatchObject({ acr: 'pwd', claims: { amr: ['pwd'] } });
  expect(Math.abs(Date.now() - before!.authTime.getTime())).toBeLessThan(60_000);

  const wrong = await handlers.stepUp(post('step-up', { password: 'wrong' }));
  expect([wrong.status, take(wrong), ((await wrong.json()) as { error: string }).error]).toEqual([
    401,
    [],
    'INVALID_CREDENTIALS',
  ]);
  const foreign = await handlers.stepUp(
    post('step-up', { password: PASSWORD }, { 'sec-fetch-site': 'cross-site' }),
  );
  expect([foreign.status, take(foreign)]).toEqual([403, []]);

  const { size } = jar;
  const answer = await handlers.stepUp(post('step-up', { password: PASSWORD }));
  expect([answer.status, take(answer)]).toEqual([200, ['__Host-access']]);
  expect(await answer.json()).not.toHaveProperty('accessToken');
  const after = await session();
  expect([jar.size, after!.sessionId]).toEqual([size, before!.sessionId]);
  expect(after!.authTime.getTime()).toBeGreaterThanOrEqual(before!.authTime.getTime());
  expect(after!.accessToken).not.toBe(before!.accessToken);
});
