import { UnavailableError } from '../../../src/errors/auth-errors.js';
import { InMemoryRevocationList } from '../../../src/revocation/in-memory-revocation-list.js';
import type { RevocationWatcher } from '../../../src/revocation/revocation-list.js';
import { ShardedRevocationList } from '../../../src/revocation/sharded-revocation-list.js';
import { sessionIdOn } from '../../../src/sessions/shards/shard-number.js';

type Answer = boolean | Promise<boolean>;

/** A list whose answer can be set. */
class SetList extends InMemoryRevocationList {
  answer: (() => Answer) | undefined;
  starts = 0;
  ends = 0;
  readonly staleness = 7;
  override isRevoked(...token: Parameters<InMemoryRevocationList['isRevoked']>): boolean {
    return (this.answer?.() ?? super.isRevoked(...token)) as boolean;
  }
  async onModuleInit(): Promise<void> {
    this.starts++;
  }
  async onModuleDestroy(): Promise<void> {
    this.ends++;
  }
}

const unknown = () => Promise.reject(new UnavailableError());
const later = (value: boolean) => () => Promise.resolve(value);
const token = (sid: string) => ({ sid, jti: 'jti', sub: 'ada', iat: 1_800_000_000 });

describe('revocations in several databases', () => {
  let main: SetList;
  let shard: SetList;
  let list: ShardedRevocationList;
  const [here, there, nowhere] = [sessionIdOn(0), sessionIdOn(1), sessionIdOn(2)];
  beforeEach(() => {
    [main, shard] = [new SetList(), new SetList()];
    list = new ShardedRevocationList({
      main,
      ofShard: (number) => {
        if (number !== 1) throw new UnavailableError();
        return shard;
      },
      reached: [shard],
      watchShards: (watcher: RevocationWatcher) => shard.watch(watcher),
    });
  });

  it('are those of sessions where the session is, and all others in the main one', async () => {
    await list.revoke(
      [
        { kind: 'session', id: here },
        { kind: 'session', id: there },
        { kind: 'token', id: there },
        { kind: 'user', id: there },
        { kind: 'session', id: sessionIdOn(1) },
      ],
      60,
    );
    expect([main.size, shard.size, list.size]).toEqual([3, 2, 5]);
    expect([list.isRevoked(token(here)), list.isRevoked(token(there))]).toEqual([true, true]);
    expect(list.isRevoked(token(sessionIdOn(1)))).toBe(false);
  });

  it('that one database does not take fail, after the others have taken theirs', async () => {
    const revoked = list.revoke(
      [nowhere, there, here].map((id) => ({ kind: 'session' as const, id })),
      60,
    );
    await expect(revoked).rejects.toBeInstanceOf(UnavailableError);
    expect([main.size, shard.size]).toEqual([1, 1]);
  });

  it('of a session in the main database are not looked for elsewhere', () => {
    shard.answer = unknown;
    expect(list.isRevoked(token(here))).toBe(false);
  });

  it.each<[string, Answer | (() => Answer), Answer | (() => Answer), boolean | 'unknown', boolean]>([
    ['both say no', false, false, false, true],
    ['the main one knows it', true, unknown, true, true],
    ['the shard knows it', false, true, true, true],
    ['the shard knows it, while the main one looks', later(false), true, true, true],
    ['the shard knows it, and the main one cannot say', unknown, true, true, true],
    ['the shard cannot say', false, unknown, 'unknown', false],
    ['the shard has to look', false, later(true), true, false],
    ['the main one has to look', later(true), false, true, false],
    ['both have to look, and find nothing', later(false), later(false), false, false],
    ['the main one cannot say', unknown, false, 'unknown', false],
    ['neither can say', unknown, unknown, 'unknown', false],
  ])('of a session in a shard: %s', async (_, ofMain, ofShard, expected, isAtOnce) => {
    const asFunction = (answer: Answer | (() => Answer)) =>
      typeof answer === 'function' ? answer : () => answer;
    [main.answer, shard.answer] = [asFunction(ofMain), asFunction(ofShard)];
    const answer = list.isRevoked(token(there));
    expect(typeof answer === 'boolean').toBe(isAtOnce);
    expect(await Promise.resolve(answer).catch(() => 'unknown')).toBe(expected);
  });

  it('of a session in a shard that is not there cannot be known, unless the main one knows', async () => {
    await expect(list.isRevoked(token(nowhere))).rejects.toBeInstanceOf(UnavailableError);
    await main.revoke([{ kind: 'token', id: 'jti' }], 60);
    expect(list.isRevoked(token(nowhere))).toBe(true);
  });

  it('are told from all of them, until that ends', async () => {
    const heard: string[] = [];
    const end = list.watch(({ kind, id }) => void heard.push(`${kind} ${id}`));
    await main.revoke([{ kind: 'user', id: 'ada' }], 60);
    await shard.revoke([{ kind: 'session', id: there }], 60);
    end();
    await main.revoke([{ kind: 'user', id: 'bob' }], 60);
    await shard.revoke([{ kind: 'session', id: nowhere }], 60);
    expect(heard).toEqual(['user ada', `session ${there}`]);
  });

  it('are as fresh as the main list, which starts and stops with them', async () => {
    await list.onModuleInit();
    await list.onModuleDestroy();
    expect([main.starts, main.ends, list.staleness]).toEqual([1, 1, 7]);
  });
});
