import { randomUUID } from 'node:crypto';
import { AuthEvents, InMemoryRevocationList, type RevocationList } from '../../../src/index.js';
import { SessionEndings } from '../../../src/revocation/session-endings.js';

const events = () => new AuthEvents(Date.now, () => undefined);

/** What happens to a subscription, in order. */
function follow(endings: SessionEndings, sid: string) {
  const log: string[] = [];
  const subscription = endings
    .of(sid)
    .subscribe({ next: () => log.push('ended'), complete: () => log.push('complete') });
  return { log, subscription };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('SessionEndings', () => {
  it('tells all who follow a session that it ended, once, and nobody else', async () => {
    const list = new InMemoryRevocationList();
    const endings = new SessionEndings(list, events());
    const [sid, otherSid] = [randomUUID(), randomUUID()];
    const [one, two, other] = [follow(endings, sid), follow(endings, sid), follow(endings, otherSid)];
    await settled();
    expect(one.log).toEqual([]);
    await list.revoke([{ kind: 'session', id: sid }], 60);
    await list.revoke([{ kind: 'session', id: sid }], 60);
    expect([one.log, two.log, other.log]).toEqual([['ended', 'complete'], ['ended', 'complete'], []]);
    expect(endings.size).toBe(1);
  });

  it('tells immediately of a session that has ended before', async () => {
    const list = new InMemoryRevocationList();
    const sid = randomUUID();
    await list.revoke([{ kind: 'session', id: sid }], 60);
    const { log } = follow(new SessionEndings(list, events()), sid);
    await settled();
    expect(log).toEqual(['ended', 'complete']);
  });

  it('ignores revoked tokens and users, whose sessions go on', async () => {
    const list = new InMemoryRevocationList();
    const endings = new SessionEndings(list, events());
    const id = randomUUID();
    const { log } = follow(endings, id);
    await list.revoke(
      [
        { kind: 'token', id },
        { kind: 'user', id },
      ],
      60,
    );
    await settled();
    expect(log).toEqual([]);
  });

  it('keeps nothing of a subscription that was canceled', async () => {
    const list = new InMemoryRevocationList();
    const endings = new SessionEndings(list, events());
    const all = Array.from({ length: 1000 }, () => follow(endings, randomUUID()));
    expect(endings.size).toBe(1000);
    for (const { subscription } of all) subscription.unsubscribe();
    expect(endings.size).toBe(0);
  });

  it('goes on telling those who follow the session of a subscription that was canceled', async () => {
    const list = new InMemoryRevocationList();
    const endings = new SessionEndings(list, events());
    const sid = randomUUID();
    const [one, two] = [follow(endings, sid), follow(endings, sid)];
    one.subscription.unsubscribe();
    await list.revoke([{ kind: 'session', id: sid }], 60);
    await settled();
    expect([one.log, two.log]).toEqual([[], ['ended', 'complete']]);
  });

  it('completes without a word when the app shuts down, and for those who come later', async () => {
    const list = new InMemoryRevocationList();
    const endings = new SessionEndings(list, events());
    const sid = randomUUID();
    const before = follow(endings, sid);
    endings.onModuleDestroy();
    await list.revoke([{ kind: 'session', id: sid }], 60);
    expect([before.log, follow(endings, sid).log]).toEqual([['complete'], ['complete']]);
    expect(endings.size).toBe(0);
  });

  it('with a list that cannot be watched, tells what this instance ends, and survives a list that cannot answer', async () => {
    const blind: RevocationList = {
      revoke: async () => undefined,
      isRevoked: () => {
        throw new Error('not now');
      },
    };
    const source = events();
    const endings = new SessionEndings(blind, source);
    const [loggedOut, ended] = [randomUUID(), randomUUID()];
    const logs = [follow(endings, loggedOut).log, follow(endings, ended).log];
    await settled();
    source.emit({ type: 'logged-out', userId: 'ada', sessionId: loggedOut });
    source.emit({ type: 'session-ended', reason: 'ended', userId: 'ada', sessionId: ended });
    expect(logs).toEqual([
      ['ended', 'complete'],
      ['ended', 'complete'],
    ]);
  });
});
