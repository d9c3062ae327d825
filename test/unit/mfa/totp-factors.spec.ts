import { FactorStore, MAX_TOTPS } from '../../../src/mfa/factor-store.js';
import { TotpEnrolment } from '../../../src/mfa/totp-enrolment.js';
import { TotpFactors } from '../../../src/mfa/totp-factors.js';
import { totpCode } from '../../../src/testing/index.js';
import { before } from '../../support/before.js';
import { type InMemoryApp, startInMemoryApp } from '../../support/in-memory-app.js';

let host: InMemoryApp;
let totps: TotpFactors;
let enrolment: TotpEnrolment;
beforeAll(async () => {
  host = await startInMemoryApp({ passwords: { serviceName: 'Example Shop' } });
  totps = host.app.get(TotpFactors);
  enrolment = host.app.get(TotpEnrolment);
});
afterAll(() => host?.close());

const codeOf = (secret: string) => totpCode(secret, host.clock.now);
const wrong = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

describe('a new authenticator app', () => {
  it('has a secret of 160 bits, its address, and the address as a picture', async () => {
    const user = await host.register();
    const app = await enrolment.begin(user, user.email, 'Phone');
    expect(app.secret).toMatch(/^[A-Z2-7]{32}$/);
    const url = new URL(app.otpauthUrl);
    expect(url.pathname).toBe(`/Example%20Shop:${encodeURIComponent(user.email)}`);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      secret: app.secret,
      issuer: 'Example Shop',
    });
    expect(app.qrSvg).toMatch(/^<svg/);
    expect(await totps.listOf(user.id)).toEqual([]);
    expect(await totps.has(user.id)).toBe(false);
  });

  it('is confirmed by a right code, which is thereby used, and by no wrong one', async () => {
    const user = await host.register();
    const { id, secret } = await enrolment.begin(user, user.email, 'Phone');
    const code = codeOf(secret);
    const invalid = expect.objectContaining({ code: 'INVALID_CODE' });
    await expect(enrolment.confirm(user, id, wrong(code))).rejects.toEqual(invalid);
    await expect(enrolment.confirm(user, id, 'no code')).rejects.toEqual(invalid);
    expect(await totps.has(user.id)).toBe(false);
    await enrolment.confirm(user, id, code);
    expect(await totps.listOf(user.id)).toMatchObject([{ id, kind: 'totp', name: 'Phone' }]);
    expect(await totps.has(user.id)).toBe(true);
    expect(await totps.verify(user.id, { code })).toBeNull();
    await expect(enrolment.confirm(user, id, code)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('cannot be confirmed by somebody else, or after a quarter of an hour', async () => {
    const user = await host.register();
    const { id, secret } = await enrolment.begin(user, user.email, null);
    const missing = expect.objectContaining({ code: 'NOT_FOUND' });
    await expect(enrolment.confirm(await host.register(), id, codeOf(secret))).rejects.toEqual(missing);
    host.clock.advance('15m');
    await expect(enrolment.confirm(user, id, codeOf(secret))).rejects.toEqual(missing);
  });

  it('that is gone when its code has been checked is no factor', async () => {
    const user = await host.register();
    const { id, secret } = await enrolment.begin(user, user.email, null);
    const store = host.app.get<FactorStore>(FactorStore);
    const restore = before(store, ['confirm'], () => store.removeAll(user.id, 'totp'));
    await expect(enrolment.confirm(user, id, codeOf(secret))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    restore();
    expect(await totps.has(user.id)).toBe(false);
  });

  it('is one of ten at most', async () => {
    const user = await host.register();
    const owner = { ...user, acr: 'mfa', amr: ['pwd', 'otp', 'mfa'] };
    for (let count = 0; count < MAX_TOTPS; count++) await host.addTotp(owner);
    await expect(enrolment.begin(owner, user.email, null)).rejects.toMatchObject({
      code: 'FORBIDDEN',
      message: 'You have too many authenticator apps. Remove one first.',
    });
  });
});

describe('the code of an authenticator app', () => {
  it('passes once, and none does that is older than one that has passed', async () => {
    const { id, sessionId } = await host.register();
    const factor = await host.addTotp({ id, sessionId });
    host.clock.advance('30s');
    const older = factor.code();
    host.clock.advance('30s');
    const code = factor.code();
    const proof = { kind: 'totp', factorId: factor.id, acr: 'mfa', amr: ['otp'] };
    expect(await totps.verify(id, { code })).toEqual(proof);
    expect(await totps.verify(id, { code })).toBeNull();
    expect(await totps.verify(id, { code: older })).toBeNull();
  });

  it.each([undefined, '', '12345', '1234567', 'abcdef', '１２３４５６'])(
    'does not pass if it is malformed: %j',
    async (code) => {
      const { id, sessionId } = await host.register();
      await host.addTotp({ id, sessionId });
      expect(await totps.verify(id, { code })).toBeNull();
    },
  );

  it('passes for each of the apps, and for no other account', async () => {
    const { id, sessionId } = await host.register();
    const first = await host.addTotp({ id, sessionId });
    const second = await host.addTotp({ id, sessionId, acr: 'mfa' });
    const other = await host.register();
    await host.addTotp(other);
    host.clock.advance('30s');
    expect(await totps.verify(other.id, { code: second.code() })).toBeNull();
    expect(await totps.verify(id, { code: second.code() })).toMatchObject({ factorId: second.id });
    expect(await totps.verify(id, { code: first.code() })).toMatchObject({ factorId: first.id });
  });

  it('does not pass for a secret that was copied to another account', async () => {
    const [ada, bob] = [await host.register(), await host.register()];
    await host.addTotp(ada);
    const own = await host.addTotp(bob);
    host.clock.advance('30s');
    const store = host.app.get<FactorStore>(FactorStore);
    const stored = await store.listSecrets(1_000);
    const [of, by] = [ada, bob].map(({ id }) => stored.find(({ userId }) => userId === id)!);
    await store.replaceSecret(of!.id, of!.secret, by!.secret);
    expect(await totps.verify(ada.id, { code: own.code() })).toBeNull();
    expect(await totps.verify(bob.id, { code: own.code() })).not.toBeNull();
  });

  it('that is wrong is an error of its field', () => {
    const message = 'The code is wrong, or was used before: wait for the next one.';
    const details = [{ field: 'code', message }];
    expect(totps.wrongAnswer()).toMatchObject({ code: 'INVALID_CODE', message, details });
  });
});
