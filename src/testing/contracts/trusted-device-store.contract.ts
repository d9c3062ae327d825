import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import type { AccountStates } from '../../actions/account-states.js';
import type { TrustedDeviceStore } from '../../mfa/trusted-devices.js';

/** A store under test, the states of accounts that it reads, and a way to move its clock forward. */
export interface TrustedDevicesUnderTest {
  store: TrustedDeviceStore;
  states: Pick<AccountStates, 'raiseEpoch'>;
  /** Moves the clock of the store forward. */
  advance(seconds: number): Promise<void>;
}

const DAY = 86_400;
const SECRET = createHash('sha256').update('secret').digest();
const OTHER = createHash('sha256').update('other').digest();

async function trusted({ store }: TrustedDevicesUnderTest, userId = randomUUID(), epoch = 0) {
  const id = randomUUID();
  await store.create({ id, userId, secret: SECRET, epoch, ip: '192.0.2.1', userAgent: null }, 30 * DAY);
  return { id, userId };
}

/** What every `TrustedDeviceStore` must do: each rule throws if it does not hold. */
export const trustedDeviceStoreContract: Record<string, (given: TrustedDevicesUnderTest) => Promise<void>> = {
  'a device is trusted by its secret, for its user': async (given) => {
    const { id, userId } = await trusted(given);
    const { store } = given;
    assert.equal(await store.use(userId, id, SECRET), true);
    assert.equal(await store.use(userId, id, OTHER), false);
    assert.equal(await store.use(randomUUID(), id, SECRET), false);
    assert.equal(await store.use(userId, randomUUID(), SECRET), false);
  },
  'a device is trusted for so long, however often it is used': async (given) => {
    const { id, userId } = await trusted(given);
    await given.advance(29 * DAY);
    assert.equal(await given.store.use(userId, id, SECRET), true);
    await given.advance(DAY + 1);
    assert.equal(await given.store.use(userId, id, SECRET), false);
    assert.deepEqual(await given.store.listOf(userId), []);
  },
  'no device is trusted in a later epoch of the account': async (given) => {
    const { id, userId } = await trusted(given);
    await given.states.raiseEpoch(userId);
    assert.equal(await given.store.use(userId, id, SECRET), false);
    assert.deepEqual(await given.store.listOf(userId), []);
    assert.equal(await given.store.remove(userId, id), false);
    const late = await trusted(given, userId);
    assert.equal(await given.store.use(userId, late.id, SECRET), false);
    const next = await trusted(given, userId, 1);
    assert.equal(await given.store.use(userId, next.id, SECRET), true);
  },
  'devices are listed without their secrets, the one that was used last first': async (given) => {
    const first = await trusted(given);
    await given.advance(60);
    const second = await trusted(given, first.userId);
    const ids = async () => (await given.store.listOf(first.userId)).map(({ id }) => id);
    assert.deepEqual(await ids(), [second.id, first.id]);
    await given.advance(60);
    await given.store.use(first.userId, first.id, SECRET);
    assert.deepEqual(await ids(), [first.id, second.id]);
    const [device] = await given.store.listOf(first.userId);
    assert.deepEqual(Object.keys(device!).toSorted(), [
      'createdAt',
      'expiresAt',
      'id',
      'ip',
      'lastUsedAt',
      'userAgent',
    ]);
    assert.equal(device!.ip, '192.0.2.1');
  },
  'a device is removed by its owner': async (given) => {
    const { id, userId } = await trusted(given);
    const { store } = given;
    assert.equal(await store.remove(randomUUID(), id), false);
    assert.equal(await store.remove(userId, id), true);
    assert.equal(await store.use(userId, id, SECRET), false);
    const next = await trusted(given, userId);
    await store.removeAll(userId);
    assert.equal(await store.use(userId, next.id, SECRET), false);
  },
  'devices that have expired are deleted': async (given) => {
    const { store } = given;
    await trusted(given);
    await given.advance(30 * DAY + 1);
    const kept = await trusted(given);
    assert.ok((await store.countExpired()) >= 1);
    while ((await store.deleteExpired(1)) > 0);
    assert.equal(await store.countExpired(), 0);
    assert.equal(await store.use(kept.userId, kept.id, SECRET), true);
  },
};
