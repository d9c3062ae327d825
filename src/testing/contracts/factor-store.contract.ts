import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { CONFIRM_WITHIN, type FactorStore, MAX_TOTPS, STEP_SECONDS } from '../../mfa/factor-store.js';

/** A store under test, and a way to move its clock forward. */
export interface FactorsUnderTest {
  store: FactorStore;
  /** Moves the clock of the store forward. */
  advance(seconds: number): Promise<void>;
}

const hashOf = (text: string) => createHash('sha256').update(text).digest();
const HASHES = ['a', 'b', 'c'].map(hashOf);

async function pending({ store }: FactorsUnderTest, userId = randomUUID(), name: string | null = null) {
  const id = randomUUID();
  assert.equal(await store.addTotp({ id, userId, name, secret: 'encrypted' }), true);
  return { userId, id };
}

async function confirmed(given: FactorsUnderTest, userId = randomUUID()) {
  const totp = await pending(given, userId);
  const { step } = (await given.store.findPending(userId, totp.id))!;
  assert.equal(await given.store.confirm(userId, totp.id, step), true);
  return { ...totp, step };
}

/** What every `FactorStore` must do: each rule throws if it does not hold. */
export const factorStoreContract: Record<string, (given: FactorsUnderTest) => Promise<void>> = {
  'an authenticator app is a factor once it is confirmed': async (given) => {
    const { store } = given;
    const { userId, id } = await pending(given, randomUUID(), 'Phone');
    assert.deepEqual(
      [await store.has(userId, 'totp'), await store.listOf(userId, 'totp'), await store.totpsOf(userId)],
      [false, [], []],
    );
    const found = (await store.findPending(userId, id))!;
    assert.deepEqual(
      { ...found, step: 0 },
      { id, name: 'Phone', secret: 'encrypted', lastStep: null, step: 0 },
    );
    assert.equal(await store.findPending(randomUUID(), id), null);
    assert.equal(await store.findPending(userId, 'no id'), null);
    assert.equal(await store.confirm(userId, id, found.step), true);
    assert.equal(await store.has(userId, 'totp'), true);
    const [factor] = await store.listOf(userId, 'totp');
    assert.deepEqual([factor?.id, factor?.kind, factor?.name], [id, 'totp', 'Phone']);
    assert.equal((await store.totpsOf(userId))[0]?.lastStep, found.step);
    assert.equal(await store.findPending(userId, id), null);
  },
  'of parallel confirmations, one succeeds': async (given) => {
    const { userId, id } = await pending(given);
    const all = await Promise.all(Array.from({ length: 10 }, () => given.store.confirm(userId, id, 1)));
    assert.equal(all.filter(Boolean).length, 1);
  },
  'an authenticator app cannot be confirmed too late, or by somebody else': async (given) => {
    const { userId, id } = await pending(given);
    assert.equal(await given.store.confirm(randomUUID(), id, 1), false);
    await given.advance(CONFIRM_WITHIN + 1);
    assert.equal(await given.store.findPending(userId, id), null);
    assert.equal(await given.store.confirm(userId, id, 1), false);
  },
  'time steps follow the clock': async (given) => {
    const { userId, step } = await confirmed(given);
    await given.advance(10 * STEP_SECONDS);
    const now = (await given.store.totpsOf(userId))[0]!.step;
    assert.ok(now - step >= 10 && now - step <= 11, `${now - step} steps`);
  },
  'of parallel uses of a time step, one succeeds, and none of an older one does': async (given) => {
    const { userId, id, step } = await confirmed(given);
    const use = (at: number, user = userId) => given.store.useStep(user, id, at);
    assert.deepEqual(
      [await use(step), await use(step - 1), await use(step + 1, randomUUID())],
      [false, false, false],
    );
    const all = await Promise.all(Array.from({ length: 20 }, () => use(step + 1)));
    assert.equal(all.filter(Boolean).length, 1);
    assert.deepEqual([await use(step), await use(step + 2)], [false, true]);
  },
  'the time step of an authenticator app that waits cannot be used': async (given) => {
    const { userId, id } = await pending(given);
    assert.equal(await given.store.useStep(userId, id, 1), false);
  },
  'an account has so many authenticator apps, and one that waits gives way': async (given) => {
    const userId = randomUUID();
    for (let i = 1; i < MAX_TOTPS; i++) await confirmed(given, userId);
    const waiting = await pending(given, userId);
    await given.advance(1);
    await confirmed(given, userId);
    assert.equal(await given.store.findPending(userId, waiting.id), null);
    assert.equal((await given.store.listOf(userId, 'totp')).length, MAX_TOTPS);
    const more = { id: randomUUID(), userId, name: null, secret: 'encrypted' };
    assert.equal(await given.store.addTotp(more), false);
  },
  'of parallel uses of a recovery code, one succeeds': async (given) => {
    const { store } = given;
    const [userId, id] = [randomUUID(), randomUUID()];
    await store.replaceCodes(userId, id, HASHES);
    assert.equal(await store.useCode(randomUUID(), HASHES[0]!), null);
    const uses = await Promise.all(Array.from({ length: 10 }, () => store.useCode(userId, HASHES[0]!)));
    assert.deepEqual(
      uses.filter((use) => use !== null),
      [{ id, remaining: 2 }],
    );
    const others = await Promise.all([store.useCode(userId, HASHES[1]!), store.useCode(userId, HASHES[2]!)]);
    assert.deepEqual(others.map((use) => use?.remaining).toSorted(), [0, 1]);
    assert.equal(await store.has(userId, 'recovery-codes'), false);
    assert.equal((await store.listOf(userId, 'recovery-codes'))[0]?.remaining, 0);
  },
  'new recovery codes replace the old ones': async ({ store }) => {
    const [userId, id] = [randomUUID(), randomUUID()];
    await store.replaceCodes(userId, randomUUID(), HASHES.slice(0, 2));
    await store.replaceCodes(userId, id, HASHES.slice(2));
    assert.equal(await store.useCode(userId, HASHES[0]!), null);
    const listed = await store.listOf(userId, 'recovery-codes');
    assert.deepEqual(
      listed.map((factor) => [factor.id, factor.remaining]),
      [[id, 1]],
    );
  },
  'a factor is removed by its owner, and by its kind': async (given) => {
    const { store } = given;
    const { userId, id } = await confirmed(given);
    assert.equal(await store.remove(randomUUID(), 'totp', id), false);
    assert.equal(await store.remove(userId, 'recovery-codes', id), false);
    assert.equal(await store.remove(userId, 'totp', 'no id'), false);
    assert.equal(await store.remove(userId, 'totp', id), true);
    assert.equal(await store.remove(userId, 'totp', id), false);
    await confirmed(given, userId);
    await store.replaceCodes(userId, randomUUID(), HASHES);
    await store.removeAll(userId, 'totp');
    assert.deepEqual(
      [await store.has(userId, 'totp'), await store.has(userId, 'recovery-codes')],
      [false, true],
    );
  },
  'an encrypted secret is replaced if it is still the same': async (given) => {
    const { store } = given;
    const { userId, id } = await confirmed(given);
    const secretIn = async () => (await store.totpsOf(userId))[0]?.secret;
    assert.equal(await store.replaceSecret(id, 'other', 'next'), false);
    assert.equal(await store.replaceSecret(id, 'encrypted', 'next'), true);
    assert.equal(await secretIn(), 'next');
    const found: string[] = [];
    for (
      let page = await store.listSecrets(2);
      page.length > 0;
      page = await store.listSecrets(2, page.at(-1)!.id)
    )
      found.push(...page.map((each) => each.id));
    assert.ok(found.includes(id));
    assert.equal(new Set(found).size, found.length);
  },
  'authenticator apps that were not confirmed in time are deleted, and no others': async (given) => {
    const { store } = given;
    const kept = await confirmed(given);
    await pending(given);
    await given.advance(CONFIRM_WITHIN + 1);
    const waiting = await pending(given);
    assert.ok((await store.countExpired()) >= 1);
    while ((await store.deleteExpired(1)) > 0);
    assert.equal(await store.countExpired(), 0);
    assert.equal(await store.has(kept.userId, 'totp'), true);
    assert.notEqual(await store.findPending(waiting.userId, waiting.id), null);
  },
};
