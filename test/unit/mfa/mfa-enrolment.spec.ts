import { ActionSecrets } from '../../../src/actions/action-tokens.js';
import { MfaEnrolment } from '../../../src/mfa/mfa-enrolment.js';
import { CLIENT, type InMemoryApp, PASSWORD, startInMemoryApp } from '../../support/in-memory-app.js';

let host: InMemoryApp;
let enrolment: MfaEnrolment;
beforeAll(async () => {
  const encryptionSecrets = 'an encryption secret of more than thirty-two bytes';
  host = await startInMemoryApp({ mfa: { encryptionSecrets, policy: { roles: ['admin'] } } });
  enrolment = host.app.get(MfaEnrolment);
});
afterAll(() => host?.close());

const WRONG_CODE = {
  code: 'INVALID_CODE',
  message: 'The code from the mail is missing or wrong.',
  details: [{ field: 'emailCode', message: 'The code from the mail is missing or wrong.' }],
};
const INVALID = { code: 'ACTION_TOKEN_INVALID' };

/** Somebody who must have a second factor and has none. */
async function admin() {
  const user = await host.register();
  await host.users.setAccess(user.id, { roles: ['admin'], permissions: [] });
  return user;
}
async function begin({ email }: { email: string }, client?: object) {
  const outcome = await host.auth.login({ email, password: PASSWORD }, client);
  if (outcome.outcome !== 'enrolment-needed') throw new Error(outcome.outcome);
  const { actionId } = host.mailsTo(email).at(-1)!;
  const code = (await host.app.get(ActionSecrets).issue(actionId!, 'code'))!;
  return { ticket: outcome.mfaToken, code, outcome };
}

it('is needed by whoever the policy means, and mails a code', async () => {
  const { id, email } = await admin();
  const { outcome } = await begin({ email }, CLIENT);
  expect(outcome).toMatchObject({ user: { id } });
  const data = { name: 'Ada', at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/), ip: CLIENT.ip };
  const mail = { template: 'enrolment-code', to: email, userId: id, actionId: expect.any(String), data };
  expect(host.mailsTo(email).slice(-1)).toStrictEqual([mail]);
  const other = await host.register();
  expect(await host.auth.login({ ...other, password: PASSWORD })).toMatchObject({ outcome: 'signed-in' });
});

it('does not say from where, if that is unknown', async () => {
  const user = await admin();
  await begin(user, {});
  expect(Object.keys(host.mailsTo(user.email).at(-1)!.data!)).toEqual(['name', 'at']);
});

it('opens with the code, typed in any way, which is needed once', async () => {
  const user = await admin();
  const { ticket, code } = await begin(user);
  const typed = ` ${code.slice(0, 4).toLowerCase()}-${code.slice(4)}`;
  expect(await enrolment.open(ticket, typed)).toMatchObject({ id: user.id });
  expect(await enrolment.open(ticket, undefined)).toMatchObject({ id: user.id });
});

it('does not open without the code, or with a wrong one, or with that of another login', async () => {
  const user = await admin();
  const { ticket, code } = await begin(user);
  const other = await begin(user);
  await expect(enrolment.open(ticket, undefined)).rejects.toMatchObject(WRONG_CODE);
  await expect(enrolment.open(ticket, 'ABCDEFGH')).rejects.toMatchObject(WRONG_CODE);
  await expect(enrolment.open(ticket, other.code)).rejects.toMatchObject(WRONG_CODE);
  expect(await enrolment.open(ticket, code)).toMatchObject({ id: user.id });
});

it('does not open after five wrong codes', async () => {
  const user = await admin();
  const { ticket, code } = await begin(user);
  for (let tries = 0; tries < 5; tries++)
    await expect(enrolment.open(ticket, 'ABCDEFGH')).rejects.toMatchObject(WRONG_CODE);
  await expect(enrolment.open(ticket, code)).rejects.toMatchObject(INVALID);
});

it('that has been proven goes on after as many wrong codes, which nobody looks at any more', async () => {
  const user = await admin();
  const { ticket, code } = await begin(user);
  await enrolment.open(ticket, code);
  for (let tries = 0; tries < 6; tries++)
    expect(await enrolment.open(ticket, 'ABCDEFGH')).toMatchObject({ id: user.id });
});

it('tells its ticket from that of a login with a second factor', async () => {
  const user = await admin();
  const { ticket, code } = await begin(user);
  expect(await enrolment.isForLogin(ticket)).toBe(false);
  await expect(host.auth.completeLogin({ mfaToken: ticket, answer: { code } })).rejects.toMatchObject(
    INVALID,
  );
  const owner = await host.register();
  await host.addTotp(owner);
  const login = await host.auth.login({ email: owner.email, password: PASSWORD });
  const mfaToken = 'mfaToken' in login ? login.mfaToken : '';
  expect(await enrolment.isForLogin(mfaToken)).toBe(true);
  await expect(enrolment.open(mfaToken, code)).rejects.toMatchObject(INVALID);
});

it('adds a first factor without a session, and none to somebody who has one', async () => {
  const { id } = await admin();
  const { recoveryCodes } = await host.addTotp({ id });
  expect(recoveryCodes).toHaveLength(10);
  expect(host.eventsOf('factor-added', id)[0]).not.toHaveProperty('sessionId');
  host.clock.advance('30s');
  await expect(host.addTotp({ id })).rejects.toMatchObject(INVALID);
});
