import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { accountStatesContract } from './account-states.contract.js';
import { A, HOUR, pending, type RecordsUnderTest, secretOf } from './records-under-test.js';

/** What every `AccountRecords` must do: each rule throws if it does not hold. */
export const accountRecordsContract: Record<string, (given: RecordsUnderTest) => Promise<void>> = {
  ...accountStatesContract,
  'an action is found as it was created, and others are unknown': async (given) => {
    const { actions } = given.records;
    const more = { email: 'ada@example.com', binding: secretOf('browser'), payload: Buffer.from('sealed') };
    const { id, userId } = await pending(given, more);
    const found = await actions.find(id);
    assert.deepEqual(
      { ...found, createdAt: null, expiresAt: null },
      {
        id,
        purpose: 'reset-password',
        userId,
        epoch: 0,
        ...more,
        secrets: [A],
        createdAt: null,
        expiresAt: null,
      },
    );
    const seconds = (found!.expiresAt.getTime() - found!.createdAt.getTime()) / 1_000;
    assert.ok(Math.abs(seconds - HOUR / 2) < 10, String(seconds));
    assert.equal(await actions.find(randomUUID()), null);
    assert.equal(await actions.find('no id'), null);
  },
  'of parallel uses of an action, one succeeds, and then there is no action': async (given) => {
    const { actions } = given.records;
    const { id } = await pending(given);
    const uses = await Promise.all(Array.from({ length: 10 }, () => actions.consume(id, A)));
    assert.equal(uses.filter((use) => use?.id === id).length, 1);
    assert.equal(await actions.find(id), null);
    assert.equal(await actions.addSecret(id, secretOf('b')), false);
  },
  'every secret opens an action, and nothing else does': async (given) => {
    const { actions } = given.records;
    const { id } = await pending(given);
    await actions.addSecret(id, secretOf('b'));
    assert.equal(await actions.consume(id, secretOf('c')), null);
    assert.equal((await actions.consume(id, secretOf('b')))?.id, id);
    const other = await pending(given);
    assert.equal((await actions.consume(other.id, A))?.id, other.id);
  },
  'an action may have its secrets from the start': async ({ records: { actions } }) => {
    const id = randomUUID();
    await actions.create({ id, purpose: 'passkey-login', secrets: [A, secretOf('b')] });
    assert.deepEqual((await actions.find(id))?.secrets, [A, secretOf('b')]);
    assert.equal((await actions.consume(id, secretOf('b')))?.id, id);
    assert.equal(await actions.consume(id, A), null);
  },
  'the newest sixteen secrets are kept': async (given) => {
    const { actions } = given.records;
    const { id } = await pending(given);
    for (let i = 1; i <= 16; i++) assert.equal(await actions.addSecret(id, secretOf(String(i))), true);
    assert.equal((await actions.find(id))!.secrets.length, 16);
    assert.equal(await actions.consume(id, A), null);
    assert.equal((await actions.consume(id, secretOf('1')))?.id, id);
  },
  'an action expires': async (given) => {
    const { actions } = given.records;
    const { id } = await pending(given);
    await given.advance(HOUR / 2 - 5);
    assert.equal((await actions.find(id))?.id, id);
    await given.advance(10);
    assert.equal(await actions.find(id), null);
    assert.equal(await actions.consume(id, A), null);
    assert.equal(await actions.addSecret(id, secretOf('b')), false);
  },
  'the lifetime of an action begins with its first secret': async (given) => {
    const { actions } = given.records;
    const [id, unsent] = [randomUUID(), randomUUID()];
    for (const each of [id, unsent]) await actions.create({ id: each, purpose: 'reset-password' });
    await given.advance(2 * HOUR);
    assert.equal(await actions.addSecret(id, A), true);
    await given.advance(HOUR / 2 - 5);
    assert.equal((await actions.find(id))?.id, id);
    assert.equal(await actions.addSecret(id, secretOf('b')), true);
    await given.advance(10);
    assert.equal(await actions.consume(id, A), null);
    await given.advance(3 * 24 * HOUR);
    await actions.deleteExpired(1_000);
    assert.equal(await actions.addSecret(unsent, A), true);
  },
  'an action expires later if that is wanted': async (given) => {
    const { actions } = given.records;
    const { id } = await pending(given);
    await actions.extend(id, 2 * HOUR);
    await given.advance(HOUR);
    assert.equal((await actions.find(id))?.id, id);
  },
  'an action dies when the epoch of its account rises, unless it outlives epochs': async (given) => {
    const { actions, states } = given.records;
    const { id, userId } = await pending(given);
    const lasting = await pending(given, { userId, purpose: 'undo-email', outlivesEpoch: true });
    const others = await pending(given);
    await states.raiseEpoch(userId);
    assert.equal((await states.of(userId)).epoch, 1);
    const fresh = await pending(given, { userId });
    assert.equal(await actions.find(id), null);
    assert.equal(await actions.addSecret(id, secretOf('b')), false);
    assert.equal(await actions.consume(id, A), null);
    for (const each of [lasting, others, fresh])
      assert.equal((await actions.consume(each.id, A))?.id, each.id);
  },
  'an action that was given back can be used once more': async (given) => {
    const { actions } = given.records;
    const { id } = await pending(given);
    await actions.consume(id, A);
    await actions.giveBack(id);
    assert.equal((await actions.consume(id, A))?.id, id);
    assert.equal(await actions.consume(id, A), null);
  },
  'attempts are counted up to a limit, also in parallel': async (given) => {
    const { actions } = given.records;
    const { id } = await pending(given);
    const attempts = await Promise.all(Array.from({ length: 8 }, () => actions.countAttempt(id, 3)));
    assert.equal(attempts.filter(Boolean).length, 3);
    assert.equal(await actions.countAttempt(id, 3), false);
  },
  'the actions of one account are canceled: all, or those since a time and about an address': async (
    given,
  ) => {
    const { actions } = given.records;
    const undo = { purpose: 'undo-email', outlivesEpoch: true } as const;
    const { id: older, userId } = await pending(given, { ...undo, email: 'x@example.com' });
    const { id: same } = await pending(given, { ...undo, userId, email: 'a@example.com' });
    await given.advance(10);
    const { id: first } = await pending(given, { ...undo, userId, email: 'a@example.com' });
    const { id: later } = await pending(given, { ...undo, userId, email: 'b@example.com' });
    const { id: reset } = await pending(given, { userId });
    const others = await pending(given);
    const { createdAt: since } = (await actions.consume(first, A))!;
    await actions.cancel(userId, { purpose: 'undo-email', since, email: 'a@example.com' });
    assert.deepEqual([await actions.find(same), await actions.find(later)], [null, null]);
    assert.deepEqual([(await actions.find(older))?.id, (await actions.find(reset))?.id], [older, reset]);
    await actions.cancel(userId, { purpose: 'undo-email' });
    assert.deepEqual([await actions.find(older), (await actions.find(reset))?.id], [null, reset]);
    await actions.cancel(userId);
    assert.deepEqual([await actions.find(older), await actions.find(reset)], [null, null]);
    assert.equal((await actions.find(others.id))?.id, others.id);
  },
  'an address is reserved for an account while that can take it back': async (given) => {
    const { actions } = given.records;
    const email = `${randomUUID()}@example.com`;
    assert.equal(await actions.isReserved(email), false);
    const undo = { purpose: 'undo-email', outlivesEpoch: true } as const;
    const { id, userId } = await pending(given, { ...undo, email });
    await pending(given, { userId, email: `other-${email}` });
    assert.deepEqual(
      [await actions.isReserved(email), await actions.isReserved(email, userId)],
      [true, false],
    );
    assert.equal(await actions.isReserved(`other-${email}`), false);
    await actions.consume(id, A);
    assert.equal(await actions.isReserved(email), false);
  },
  'the actions of an account are listed and removed': async (given) => {
    const { actions } = given.records;
    const { id, userId } = await pending(given);
    const others = await pending(given);
    await actions.consume(id, A);
    assert.deepEqual(
      (await actions.listOf(userId)).map((action) => action.id),
      [id],
    );
    await actions.removeOf(userId);
    assert.deepEqual(await actions.listOf(userId), []);
    assert.equal((await actions.find(others.id))?.id, others.id);
  },
  'actions are deleted a day after they have expired, in batches': async (given) => {
    const { actions } = given.records;
    while ((await actions.deleteExpired(1_000)) > 0);
    for (let i = 0; i < 3; i++) await pending(given);
    await given.advance(HOUR);
    assert.equal(await actions.countExpired(), 0);
    await given.advance(24 * HOUR);
    const { id } = await pending(given);
    const left = await actions.countExpired();
    assert.ok(left >= 3);
    assert.equal(await actions.deleteExpired(2), 2);
    assert.equal(await actions.countExpired(), left - 2);
    await actions.deleteExpired(1_000);
    assert.equal((await actions.find(id))?.id, id);
  },
};
