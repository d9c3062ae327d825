import { randomUUID } from 'node:crypto';
import { type MailOutbox, OUTBOX_TIMES } from '../../src/mail/mail-outbox.js';

export interface MailOutboxUnderTest {
  outbox: MailOutbox;
  /** Advances the store's clock. */
  advance(seconds: number): Promise<void>;
}

const to = 'ada@example.com';

/** What every `MailOutbox` must do. `setUp` is called for each test and returns an empty outbox. */
export function describeMailOutbox(name: string, setUp: () => Promise<MailOutboxUnderTest>): void {
  describe(`${name} fulfills the contract of an outbox:`, () => {
    let outbox: MailOutbox;
    let advance: MailOutboxUnderTest['advance'];
    beforeEach(async () => {
      ({ outbox, advance } = await setUp());
    });

    const enqueue = async (more: object = {}) =>
      (await outbox.enqueue({ template: 'account-closed', to, ...more }))!;
    const states = async () => (await outbox.list()).items.map(({ state }) => state);

    test('a mail is leased with everything that was given, once', async () => {
      const given = { actionId: randomUUID(), userId: 'u1', locale: 'de', data: { name: 'Ada', list: [1] } };
      const id = await enqueue(given);
      expect(await outbox.lease(10)).toEqual([
        { id, template: 'account-closed', recipient: to, ...given, attempts: 1, createdAt: expect.any(Date) },
      ]);
      expect(await outbox.lease(10)).toEqual([]);
    });

    test('the recipient is stored in its canonical form, and nothing that is not one address is', async () => {
      await enqueue({ to: 'Ada@EXAMPLE.com' });
      expect((await outbox.lease(1))[0]!.recipient).toBe(to);
      for (const wrong of [
        'a@x.com, b@evil.com',
        '"a@b x"@c.com',
        'a@x.com\r\nBcc: b@evil.com',
        'A <a@x.com>',
        '',
      ])
        await expect(enqueue({ to: wrong })).rejects.toThrow('not a plain email address');
      expect(await states()).toEqual(['queued']);
    });

    test('of two mails with one key only the first is written, also when both come together', async () => {
      expect(await enqueue({ dedupeKey: 'a' })).toEqual(expect.any(String));
      expect(await enqueue({ dedupeKey: 'a' })).toBeNull();
      const ids = await Promise.all(Array.from({ length: 8 }, () => enqueue({ dedupeKey: 'b' })));
      expect(ids.filter((id) => id !== null)).toHaveLength(1);
    });

    test('mails are leased in the order in which they became due, and no mail twice', async () => {
      const ids: string[] = [];
      for (let i = 0; i < 6; i++) ids.push(await enqueue());
      expect((await outbox.lease(2)).map(({ id }) => id)).toEqual(ids.slice(0, 2));
      const rest = await Promise.all([outbox.lease(2), outbox.lease(2), outbox.lease(2)]);
      expect(
        rest
          .flat()
          .map(({ id }) => id)
          .sort(),
      ).toEqual(ids.slice(2).sort());
    });

    test('a lease ends by itself, and the mail is leased again', async () => {
      const id = await enqueue();
      await outbox.lease(1);
      await advance(OUTBOX_TIMES.lease - 5);
      expect(await outbox.lease(1)).toEqual([]);
      await advance(10);
      expect(await outbox.lease(1)).toEqual([expect.objectContaining({ id, attempts: 2 })]);
    });

    test('a sent mail is never leased again, and what it said is forgotten', async () => {
      const id = await enqueue({ data: { name: 'Ada' }, dedupeKey: 'a' });
      await outbox.lease(1);
      await outbox.sent([id]);
      await outbox.retryLater(id, 'too late', 0);
      await outbox.failed(id, 'too late');
      await outbox.release([id]);
      await advance(3600);
      expect(await outbox.lease(1)).toEqual([]);
      expect(await states()).toEqual(['sent']);
      expect(await outbox.retry([id])).toBe(0);
      expect(await enqueue({ dedupeKey: 'a' })).toBeNull();
    });

    test('a mail that is to be tried later is due then, with the reason', async () => {
      const id = await enqueue();
      await outbox.lease(1);
      await outbox.retryLater(id, 'busy', 10_000);
      await advance(8);
      expect(await outbox.lease(1)).toEqual([]);
      await advance(4);
      expect((await outbox.list()).items).toEqual([
        expect.objectContaining({ id, state: 'queued', error: 'busy', attempts: 1 }),
      ]);
      expect(await outbox.lease(1)).toEqual([expect.objectContaining({ id, attempts: 2 })]);
    });

    test('a mail that failed waits for an operator, who may retry it or all', async () => {
      const [one, other] = [await enqueue(), await enqueue()];
      await outbox.lease(2);
      await outbox.failed(one, 'no such mailbox');
      await outbox.failed(other, 'no such mailbox');
      expect(await outbox.lease(2)).toEqual([]);
      expect(await outbox.stats()).toMatchObject({ queued: 0, failed: 2, oldestSeconds: 0 });
      expect(await outbox.retry([one, randomUUID()])).toBe(1);
      expect(await outbox.lease(2)).toEqual([expect.objectContaining({ id: one, attempts: 1 })]);
      expect(await outbox.retry()).toBe(1);
      expect((await outbox.lease(2)).map(({ id }) => id)).toEqual([other]);
    });

    test('a mail that was not tried is due again at once, without an attempt', async () => {
      const id = await enqueue();
      await outbox.lease(1);
      await outbox.release([id]);
      expect(await outbox.lease(1)).toEqual([expect.objectContaining({ id, attempts: 1 })]);
    });

    test('the statistics count what waits and how long', async () => {
      expect(await outbox.stats()).toEqual({ queued: 0, oldestSeconds: 0, failed: 0 });
      await enqueue();
      await advance(100);
      await enqueue();
      const { queued, oldestSeconds } = await outbox.stats();
      expect([queued, Math.round(oldestSeconds / 10)]).toEqual([2, 10]);
    });

    test('the list has pages, the newest first, and can be narrowed to a state', async () => {
      const ids: string[] = [];
      for (let i = 0; i < 5; i++) ids.push(await enqueue());
      await outbox.failed(ids[1]!, 'no');
      await outbox.sent([ids[3]!]);
      const first = await outbox.list({ limit: 2 });
      const second = await outbox.list({ limit: 2, cursor: first.nextCursor! });
      const third = await outbox.list({ limit: 2, cursor: second.nextCursor! });
      expect([...first.items, ...second.items, ...third.items].map(({ id }) => id)).toEqual(ids.toReversed());
      expect(third.nextCursor).toBeNull();
      expect((await outbox.list({ state: 'failed' })).items.map(({ id }) => id)).toEqual([ids[1]]);
      expect((await outbox.list({ state: 'sent' })).items.map(({ id }) => id)).toEqual([ids[3]]);
      await expect(outbox.list({ cursor: 'nonsense' })).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    });

    test('the mails to an account are listed, the newest first, and forgotten, sent or not', async () => {
      const [sent, queued, others] = [
        await enqueue({ userId: 'u1' }),
        await enqueue({ userId: 'u1', template: 'password-changed' }),
        await enqueue({ userId: 'u2' }),
      ];
      await outbox.sent([sent!]);
      const listed = await outbox.listOf('u1');
      expect(listed.map(({ id, state }) => [id, state])).toEqual([
        [queued, 'queued'],
        [sent, 'sent'],
      ]);
      await outbox.forget('u1');
      expect(await outbox.listOf('u1')).toEqual([]);
      expect((await outbox.list()).items.map(({ id }) => id)).toEqual([others]);
    });

    test('sent mails are deleted after a week, failed ones after a month, others never', async () => {
      const [sent, failed] = [await enqueue(), await enqueue(), await enqueue()];
      await outbox.sent([sent!]);
      await outbox.failed(failed!, 'no');
      await advance(OUTBOX_TIMES.keepSent - 60);
      expect(await outbox.countExpired()).toBe(0);
      await advance(120);
      expect([await outbox.countExpired(), await outbox.deleteExpired(10)]).toEqual([1, 1]);
      await advance(OUTBOX_TIMES.keepFailed);
      expect([await outbox.countExpired(), await outbox.deleteExpired(10)]).toEqual([1, 1]);
      expect(await states()).toEqual(['queued']);
    });
  });
}
