import { TrustedDevices } from '../../../src/mfa/trusted-devices.js';
import { CLIENT, type InMemoryApp, PASSWORD, startInMemoryApp } from '../../support/in-memory-app.js';

let host: InMemoryApp;
let devices: TrustedDevices;
beforeAll(async () => {
  host = await startInMemoryApp();
  devices = host.app.get(TrustedDevices);
});
afterAll(() => host?.close());

const idOf = (cookie: string) => cookie.split('.')[0]!;

it('a device is trusted by its cookie, for its user, for thirty days, and is listed with where it is', async () => {
  const { id } = await host.register();
  const cookie = await devices.trust(id, 0, CLIENT);
  expect(host.eventsOf('device-trusted', id)).toMatchObject([{ deviceId: idOf(cookie), ...CLIENT }]);
  expect(await devices.isTrusted(id, cookie)).toBe(true);
  expect(await devices.isTrusted((await host.register()).id, cookie)).toBe(false);
  expect(await devices.listOf(id)).toMatchObject([{ id: idOf(cookie), ...CLIENT }]);
  host.clock.advance('30d');
  expect(await devices.isTrusted(id, cookie)).toBe(false);
});

it('a device of an unknown client is listed without an address', async () => {
  const { id } = await host.register();
  await devices.trust(id, 0);
  expect(await devices.listOf(id)).toMatchObject([{ ip: null, userAgent: null }]);
});

it('another secret, or something else in its place, is not trusted', async () => {
  const { id } = await host.register();
  const cookie = await devices.trust(id, 0);
  const other = await devices.trust(id, 0);
  const mixed = `${idOf(cookie)}.${other.split('.')[1]}`;
  for (const wrong of [
    mixed,
    idOf(cookie),
    `${cookie}x`,
    `x${cookie}`,
    `${'-'.repeat(36)}.${'A'.repeat(43)}`,
    '',
  ])
    expect(await devices.isTrusted(id, wrong)).toBe(false);
  expect(await devices.isTrusted(id, undefined)).toBe(false);
});

it('a device is trusted no more once it is removed, which is recorded once', async () => {
  const { id } = await host.register();
  const cookie = await devices.trust(id, 0);
  const deviceId = idOf(cookie);
  expect(await devices.remove((await host.register()).id, deviceId)).toBe(false);
  expect(await devices.remove(id, 'no id')).toBe(false);
  expect(await devices.remove(id, deviceId, CLIENT)).toBe(true);
  expect(await devices.isTrusted(id, cookie)).toBe(false);
  expect(await devices.remove(id, deviceId, CLIENT)).toBe(false);
  expect(host.eventsOf('device-untrusted', id)).toMatchObject([{ deviceId, ...CLIENT }]);
});

it('a login on a trusted device needs the password alone; on another one, the second factor', async () => {
  const user = await host.register();
  await host.addTotp(user);
  const { epoch } = await host.states.of(user.id);
  const cookie = await devices.trust(user.id, epoch);
  const login = (trusted?: string) =>
    host.auth.login({ email: user.email, password: PASSWORD }, CLIENT, undefined, trusted);
  expect(await login(cookie)).toMatchObject({ outcome: 'signed-in' });
  expect(await login()).toMatchObject({ outcome: 'second-factor-needed' });
  await host.states.raiseEpoch(user.id);
  expect(await login(cookie)).toMatchObject({ outcome: 'second-factor-needed' });
});
