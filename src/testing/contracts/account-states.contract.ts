import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { hasBegun } from '../../actions/account-states.js';
import { A, HOUR, pending, type RecordsUnderTest } from './records-under-test.js';

/** The rules of `accountRecordsContract` about states and transactions. */
export const accountStatesContract: Record<string, (given: RecordsUnderTest) => Promise<void>> = {
  'the state of an account is what was set, and unknown accounts have none': async (given) => {
    const { states } = given.records;
    const userId = randomUUID();
    const unknown = { epoch: 0, provenEmail: null, closingAt: null, factorsResetAt: null, brake: null };
    assert.deepEqual(await states.of(userId), unknown);
    await states.prove(userId, 'ada@example.com');
    await states.raiseEpoch(userId);
    const closingAt = await states.setClosing(userId, HOUR);
    const known = { ...unknown, epoch: 1, provenEmail: 'ada@example.com', closingAt };
    assert.deepEqual(await states.lock(userId), known);
    await states.setClosing(userId, null);
    assert.equal((await states.of(userId)).closingAt, null);
    await states.remove(userId);
    assert.equal((await states.of(userId)).epoch, 0);
  },
  'epochs rise by one each time, also in parallel': async (given) => {
    const { states } = given.records;
    const userId = randomUUID();
    await Promise.all(Array.from({ length: 10 }, () => states.raiseEpoch(userId)));
    assert.equal((await states.of(userId)).epoch, 10);
  },
  'accounts that are closing are due at their time': async (given) => {
    const { states } = given.records;
    const [soon, later] = [randomUUID(), randomUUID()];
    await states.setClosing(later, 2 * HOUR);
    await states.setClosing(soon, HOUR);
    const due = async () => (await states.listDue(1_000)).filter((id) => id === soon || id === later);
    assert.deepEqual(await due(), []);
    await given.advance(HOUR + 1);
    assert.deepEqual(await due(), [soon]);
    await given.advance(HOUR);
    assert.deepEqual(await due(), [soon, later]);
    assert.ok((await states.countDue()) >= 2);
    await states.setClosing(later, null);
    assert.deepEqual(await due(), [soon]);
    await states.remove(soon);
    assert.deepEqual(await due(), []);
  },
  'the brakes of a recovery last as long as the longest of them': async (given) => {
    const { states } = given.records;
    const userId = randomUUID();
    await states.brake(userId, 2 * HOUR);
    await states.brake(userId, HOUR);
    const { brake } = await states.of(userId);
    assert.ok(brake && brake.seconds > HOUR && brake.seconds <= 2 * HOUR, `${brake?.seconds} seconds`);
    assert.deepEqual((await states.lock(userId)).brake?.until, brake.until);
    await given.advance(HOUR + 60);
    assert.ok((await states.of(userId)).brake!.seconds < HOUR);
    await given.advance(HOUR);
    assert.equal((await states.of(userId)).brake, null);
  },
  'factors are removed at their time, and not once that is canceled': async (given) => {
    const { states } = given.records;
    const [soon, later] = [randomUUID(), randomUUID()];
    const due = async () =>
      (await states.listFactorsResets(1_000)).filter((id) => id === soon || id === later);
    await states.setFactorsReset(later, 2 * HOUR);
    const at = await states.setFactorsReset(soon, HOUR);
    assert.deepEqual((await states.of(soon)).factorsResetAt, at);
    assert.deepEqual([await states.beginFactorsReset(soon), await due()], [false, []]);
    await given.advance(2 * HOUR + 60);
    assert.deepEqual(await due(), [soon, later]);
    assert.ok((await states.countFactorsResets()) >= 2);
    await states.setFactorsReset(soon, null);
    assert.equal(await states.beginFactorsReset(soon), false);
    assert.deepEqual(await due(), [later]);
    assert.equal(await states.beginFactorsReset(randomUUID()), false);
  },
  'the removal of factors that has begun is due until it ends': async (given) => {
    const { states } = given.records;
    const userId = randomUUID();
    await states.setFactorsReset(userId, 0);
    assert.equal(await states.beginFactorsReset(userId), true);
    assert.ok(hasBegun((await states.of(userId)).factorsResetAt));
    assert.equal(await states.beginFactorsReset(userId), true);
    assert.ok((await states.listFactorsResets(1_000)).includes(userId));
    await states.endFactorsReset(userId);
    assert.equal((await states.of(userId)).factorsResetAt, null);
    const next = await states.setFactorsReset(userId, HOUR);
    await states.endFactorsReset(userId);
    assert.deepEqual((await states.of(userId)).factorsResetAt, next, 'a later request is another one');
  },
  'what is done together happens or, if it fails, does not': async (given) => {
    const { actions, states } = given.records;
    const { id, userId } = await pending(given);
    const failure = given.records.together(async (inside) => {
      assert.equal((await inside.actions.consume(id, A))?.id, id);
      await inside.states.raiseEpoch(userId);
      throw new Error('no');
    });
    await assert.rejects(failure, /^Error: no$/);
    assert.equal((await actions.find(id))?.id, id);
    const done = await given.records.together(async (inside) => {
      await inside.actions.consume(id, A);
      await inside.states.raiseEpoch(userId);
      return 'done';
    });
    assert.deepEqual([done, await actions.find(id), (await states.of(userId)).epoch], ['done', null, 1]);
  },
  'what is done together with an account happens one after the other': async (given) => {
    const userId = randomUUID();
    const add = () =>
      given.records.together(async ({ states }) => {
        const { provenEmail } = await states.lock(userId);
        await states.prove(userId, `${provenEmail ?? ''}+`);
      });
    await Promise.all(Array.from({ length: 5 }, add));
    assert.equal((await given.records.states.of(userId)).provenEmail, '+++++');
  },
  'what is pretended leaves nothing behind': async (given) => {
    const id = randomUUID();
    await given.records.together((inside) =>
      inside.doOrPretend(false, () =>
        inside.actions.create({ id, purpose: 'reset-password', userId: randomUUID() }),
      ),
    );
    assert.equal(await given.records.actions.find(id), null);
    await given.records.together((inside) =>
      inside.doOrPretend(true, () =>
        inside.actions.create({ id, purpose: 'reset-password', userId: randomUUID() }),
      ),
    );
    assert.equal((await given.records.actions.find(id))?.id, id);
  },
};
