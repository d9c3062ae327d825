import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { neededMethod } from '../../users/needed-method.js';
import type { UserStore } from '../../users/user-store.js';

async function newUser(store: UserStore, passwordHash: string | null = 'hash') {
  return (await store.create({ email: `${randomUUID()}@example.com`, name: 'Ada', passwordHash }))!;
}

/** What the methods of a `UserStore` must do that the option `accounts` needs: each rule throws if it does not hold. */
export const userAccountsContract: Record<string, (store: UserStore) => Promise<void>> = {
  'a password hash is set, turned off and set again, only from what it was': async (store) => {
    const set = neededMethod(store, 'setPasswordHash');
    const { id } = await newUser(store);
    assert.equal(await set(id, 'other', 'next'), false);
    assert.equal(await set(id, null, 'next'), false);
    assert.equal(await set(id, 'hash', null), true);
    assert.equal((await store.findById(id))!.passwordHash, null);
    assert.equal(await set(id, 'hash', 'next'), false);
    assert.equal(await set(id, null, 'next'), true);
    assert.equal((await store.findById(id))!.passwordHash, 'next');
    assert.equal(await set(randomUUID(), null, 'next'), false);
  },
  'of parallel changes of a password hash, one succeeds': async (store) => {
    const set = neededMethod(store, 'setPasswordHash');
    const { id } = await newUser(store, null);
    const changes = await Promise.all(Array.from({ length: 10 }, (_, i) => set(id, null, `hash ${i}`)));
    assert.equal(changes.filter(Boolean).length, 1);
    assert.equal((await store.findById(id))!.passwordHash, `hash ${changes.indexOf(true)}`);
  },
  'an address is replaced, and the old one is free': async (store) => {
    const replace = neededMethod(store, 'replaceEmail');
    const { id, email } = await newUser(store);
    const next = `next-${email}`;
    assert.equal(await replace(id, `not-${email}`, next), false);
    assert.equal(await replace(id, email, next), true);
    assert.equal((await store.findByEmail(next))!.id, id);
    assert.equal(await store.findByEmail(email), null);
    assert.equal(await replace(randomUUID(), email, next), false);
  },
  'an address that is taken is not given twice, also not in parallel': async (store) => {
    const replace = neededMethod(store, 'replaceEmail');
    const [owner, other] = [await newUser(store), await newUser(store)];
    assert.equal(await replace(other.id, other.email, owner.email), false);
    assert.equal((await store.findById(other.id))!.email, other.email);
    assert.equal((await store.findByEmail(owner.email))!.id, owner.id);
    const users = await Promise.all(Array.from({ length: 5 }, () => newUser(store)));
    const wanted = `wanted-${owner.email}`;
    const changes = await Promise.all(users.map(({ id, email }) => replace(id, email, wanted)));
    assert.equal(changes.filter(Boolean).length, 1);
  },
  'a name is replaced or removed': async (store) => {
    const setName = neededMethod(store, 'setName');
    const { id } = await newUser(store);
    assert.equal(await setName(id, 'Grace'), true);
    assert.equal((await store.findById(id))!.name, 'Grace');
    assert.equal(await setName(id, null), true);
    assert.equal((await store.findById(id))!.name, null);
    assert.equal(await setName(randomUUID(), 'Grace'), false);
  },
};
