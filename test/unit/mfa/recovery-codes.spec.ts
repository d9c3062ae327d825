import { EmailChange } from '../../../src/accounts/email-change.js';
import { RecoveryCodes } from '../../../src/mfa/recovery-codes.js';
import { type InMemoryApp, startInMemoryApp } from '../../support/in-memory-app.js';

const CODE = /^(?:[0-9A-HJKMNP-TV-Z]{5}-){4}[0-9A-HJKMNP-TV-Z]{5}$/;
const DAY = 86_400;

let host: InMemoryApp;
let kind: RecoveryCodes;
beforeAll(async () => {
  host = await startInMemoryApp();
  kind = host.app.get(RecoveryCodes);
});
afterAll(() => host?.close());

const enrolled = async () => {
  const user = await host.register();
  const { recoveryCodes } = await host.addTotp(user);
  return { ...user, recoveryCodes };
};
const use = (id: string, recoveryCode?: string) => kind.verify(id, { recoveryCode });

it('are ten, each of five groups, and none of them twice', async () => {
  const { id, recoveryCodes } = await enrolled();
  expect(recoveryCodes).toEqual(Array(10).fill(expect.stringMatching(CODE)));
  expect(new Set(recoveryCodes).size).toBe(10);
  expect(await kind.listOf(id)).toMatchObject([{ kind: 'recovery-codes', remaining: 10 }]);
});

it('pass once each, which is recorded and told to the owner', async () => {
  const { id, email, recoveryCodes } = await enrolled();
  const [code] = recoveryCodes;
  const factorId = (await kind.listOf(id))[0]!.id;
  expect(await use(id, code)).toEqual({ kind: 'recovery-codes', factorId, acr: 'mfa', amr: [] });
  expect(await use(id, code)).toBeNull();
  expect(await kind.listOf(id)).toMatchObject([{ remaining: 9 }]);
  expect(host.eventsOf('recovery-code-used', id)).toMatchObject([{ remaining: 9 }]);
  expect(host.mailsTo(email).slice(-1)).toStrictEqual([
    {
      template: 'security-notice',
      to: email,
      userId: id,
      data: { name: 'Ada', notice: 'recovery-code-used', at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) },
    },
  ]);
});

it('pass in lower case, without dashes, with spaces, and with letters for the digits they look like', async () => {
  const { id, recoveryCodes } = await enrolled();
  const [first, second] = recoveryCodes as [string, string];
  expect(await use(id, ` ${first.toLowerCase().replaceAll('-', ' ')} `)).not.toBeNull();
  const mistyped = second.replaceAll('-', '').replace('1', 'l').replaceAll('1', 'I').replaceAll('0', 'o');
  expect(await use(id, mistyped)).not.toBeNull();
});

it.each([undefined, '', '00000', '00000-00000-00000-00000-00000', 'U'.repeat(25), '0'.repeat(26)])(
  'do not pass if they are wrong or malformed: %j',
  async (code) => {
    const { id, email } = await enrolled();
    const { length } = host.mailsTo(email);
    expect(await use(id, code)).toBeNull();
    expect(host.mailsTo(email)).toHaveLength(length);
    expect(host.eventsOf('recovery-code-used', id)).toEqual([]);
    expect((await host.states.of(id)).brake).toBeNull();
  },
);

it('are of one account only', async () => {
  const { recoveryCodes } = await enrolled();
  expect(await use((await enrolled()).id, recoveryCodes[0])).toBeNull();
});

it('put the brakes of a recovery on, and cancel a requested address', async () => {
  const { id, email, sessionId, recoveryCodes } = await enrolled();
  await host.app.get(EmailChange).request({ id, sessionId, acr: 'mfa' }, 'next@example.com');
  const token = await host.tokenOf('email-change-confirm', 'next@example.com');
  await use(id, recoveryCodes[0]);
  const { brake } = await host.states.of(id);
  expect(brake).toEqual({ until: new Date(host.clock.now() + DAY * 1_000), seconds: DAY });
  await expect(host.app.get(EmailChange).confirm(token)).rejects.toMatchObject({
    code: 'ACTION_TOKEN_INVALID',
  });
  expect(await host.users.findById(id)).toMatchObject({ email });
});

it('say which field is wrong', () => {
  const message = 'The recovery code is wrong, or was used before.';
  const details = [{ field: 'recoveryCode', message }];
  expect(kind.wrongAnswer()).toMatchObject({ code: 'INVALID_CODE', message, details });
});

it('are asked for after the password, while one is left', async () => {
  const { id, email, recoveryCodes } = await enrolled();
  const login = () => host.auth.login({ email, password: 'gnu waxes pinky quickly' });
  expect(await login()).toMatchObject({ methods: ['totp', 'recovery-codes'] });
  for (const code of recoveryCodes) await use(id, code);
  expect(await login()).toMatchObject({ methods: ['totp'] });
});

it('without brakes cancel nothing', async () => {
  const encryptionSecrets = 'an encryption secret of more than thirty-two bytes';
  const without = await startInMemoryApp({ mfa: { encryptionSecrets, recoveryBrake: '0s' } });
  const { id, sessionId } = await without.register();
  const { recoveryCodes } = await without.addTotp({ id, sessionId });
  const change = without.app.get(EmailChange);
  await change.request({ id, sessionId, acr: 'mfa' }, 'next@example.com');
  expect(await without.app.get(RecoveryCodes).verify(id, { recoveryCode: recoveryCodes[0]! })).not.toBeNull();
  expect((await without.states.of(id)).brake).toBeNull();
  await change.confirm(await without.tokenOf('email-change-confirm', 'next@example.com'));
  expect(await without.users.findById(id)).toMatchObject({ email: 'next@example.com' });
  await without.close();
});
