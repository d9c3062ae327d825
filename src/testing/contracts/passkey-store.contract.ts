import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import type { NewPasskey, PasskeyStore } from '../../passkeys/passkey-store.js';

/** A store under test. */
export interface PasskeysUnderTest {
  passkeys: PasskeyStore;
}

const MANY = 50;

/** Adds a passkey to a new account, or to the one given. */
async function added({ passkeys }: PasskeysUnderTest, more: Partial<NewPasskey> = {}): Promise<NewPasskey> {
  const passkey: NewPasskey = {
    id: randomUUID(),
    userId: randomUUID(),
    credentialId: randomBytes(32).toString('base64url'),
    publicKey: randomBytes(77),
    counter: 0,
    transports: ['internal', 'hybrid'],
    backupEligible: true,
    backedUp: false,
    name: 'Key',
    ...more,
  };
  assert.equal(await passkeys.add(passkey, MANY), 'added');
  return passkey;
}

/** What every `PasskeyStore` must do: each rule throws if it does not hold. */
export const passkeyStoreContract: Record<string, (given: PasskeysUnderTest) => Promise<void>> = {
  'a passkey is found as it was added, with the handle of its account': async (given) => {
    const passkey = await added(given, { counter: 4_294_967_295 });
    const { createdAt, handle, ...found } = (await given.passkeys.find(passkey.credentialId))!;
    assert.deepEqual(found, { ...passkey, lastUsedAt: null, suspendedAt: null });
    assert.ok(createdAt instanceof Date);
    assert.equal(handle, null);
    const made = await given.passkeys.handleOf(passkey.userId);
    assert.equal((await given.passkeys.find(passkey.credentialId))!.handle?.equals(made), true);
    assert.equal(await given.passkeys.find(randomBytes(32).toString('base64url')), null);
  },
  'a handle has 32 bytes and never changes, also when it is made in parallel': async ({ passkeys }) => {
    const [one, other] = [randomUUID(), randomUUID()];
    const made = await Promise.all(Array.from({ length: 5 }, () => passkeys.handleOf(one)));
    assert.equal(new Set(made.map((handle) => handle.toString('hex'))).size, 1);
    assert.equal(made[0]!.length, 32);
    assert.notDeepEqual(await passkeys.handleOf(other), made[0]);
  },
  'of parallel additions of one credential, one succeeds, whoever it is for': async (given) => {
    const { credentialId, ...passkey } = await added(given);
    const again = () => ({ ...passkey, id: randomUUID(), userId: randomUUID() });
    assert.equal(await given.passkeys.add({ ...again(), credentialId }, MANY), 'taken');
    const fresh = randomBytes(32).toString('base64url');
    const outcomes = await Promise.all(
      Array.from({ length: 5 }, () => given.passkeys.add({ ...again(), credentialId: fresh }, MANY)),
    );
    assert.deepEqual(outcomes.sort(), ['added', 'taken', 'taken', 'taken', 'taken']);
  },
  'an account has no more passkeys than are allowed': async (given) => {
    const { userId } = await added(given);
    await added(given, { userId });
    const third = { ...(await added(given)), id: randomUUID(), userId };
    const credentialId = randomBytes(16).toString('base64url');
    assert.equal(await given.passkeys.add({ ...third, credentialId }, 2), 'too-many');
    assert.equal((await given.passkeys.listOf(userId)).length, 2);
  },
  'passkeys are listed by account, the oldest first': async (given) => {
    const first = await added(given);
    const second = await added(given, { userId: first.userId });
    await added(given);
    const listed = await given.passkeys.listOf(first.userId);
    assert.deepEqual(
      listed.map(({ id }) => id),
      [first.id, second.id],
    );
  },
  'a counter must rise, unless it stays 0': async (given) => {
    const { id, credentialId } = await added(given);
    const use = (counter: number) => given.passkeys.use(id, { counter, backedUp: true });
    assert.deepEqual([await use(0), await use(0), await use(5)], ['used', 'used', 'used']);
    assert.deepEqual([await use(5), await use(4), await use(0)], ['regressed', 'regressed', 'regressed']);
    const found = (await given.passkeys.find(credentialId))!;
    assert.deepEqual([found.counter, found.backedUp, found.suspendedAt], [5, true, null]);
    assert.ok(found.lastUsedAt instanceof Date);
  },
  'of parallel uses with one counter, one succeeds': async (given) => {
    const { id } = await added(given);
    const uses = await Promise.all(
      Array.from({ length: 8 }, () => given.passkeys.use(id, { counter: 1, backedUp: false })),
    );
    assert.equal(uses.filter((use) => use === 'used').length, 1);
  },
  'a passkey is suspended once, and is then of no use': async (given) => {
    const { id, credentialId } = await added(given);
    const outcomes = await Promise.all(Array.from({ length: 4 }, () => given.passkeys.suspend(id)));
    assert.equal(outcomes.filter(Boolean).length, 1);
    assert.equal(await given.passkeys.use(id, { counter: 9, backedUp: false }), 'gone');
    assert.ok((await given.passkeys.find(credentialId))!.suspendedAt instanceof Date);
    assert.equal(await given.passkeys.use(randomUUID(), { counter: 9, backedUp: false }), 'gone');
  },
  'only its account renames and removes a passkey': async (given) => {
    const { id, userId, credentialId } = await added(given);
    const other = randomUUID();
    assert.deepEqual(
      [await given.passkeys.rename(other, id, 'X'), await given.passkeys.remove(other, id)],
      [false, false],
    );
    assert.deepEqual([await given.passkeys.rename(userId, 'no id', 'X')], [false]);
    assert.equal(await given.passkeys.rename(userId, id, 'Phone'), true);
    assert.equal((await given.passkeys.find(credentialId))!.name, 'Phone');
    assert.deepEqual(
      [await given.passkeys.remove(userId, id), await given.passkeys.remove(userId, id)],
      [true, false],
    );
  },
  'all passkeys of an account are removed': async (given) => {
    const { userId } = await added(given);
    await added(given, { userId });
    const other = await added(given);
    assert.equal(await given.passkeys.removeOf(userId), 2);
    assert.deepEqual(await given.passkeys.listOf(userId), []);
    assert.equal((await given.passkeys.listOf(other.userId)).length, 1);
  },
};
