import { UnavailableError } from '../../../src/errors/auth-errors.js';
import { InMemoryRevocationList } from '../../../src/revocation/in-memory-revocation-list.js';
import type { PostgresRevocationList } from '../../../src/revocation/postgres-revocation-list.js';
import type { RedisRevocationList } from '../../../src/revocation/redis-revocation-list.js';
import { RevocationListWithRedis } from '../../../src/revocation/revocation-list-with-redis.js';
import type { Revocation } from '../../../src/revocation/revocation-list.js';

const SINCE = new Date(1_800_000_000_000);
const token = (sid: string) => ({ sid, jti: 'x', sub: 'ada', iat: SINCE.getTime() / 1_000 });

/** Either of the two lists. */
class Part extends InMemoryRevocationList {
  readonly staleness = 7;
  readonly life: string[] = [];
  away = false;
  readonly shared: [readonly Revocation[], number][] = [];
  async onModuleInit(): Promise<void> {
    this.life.push('start');
    if (this.away) throw new UnavailableError();
  }
  onModuleDestroy(): void {
    this.life.push('stop');
  }
  async record(revocations: readonly Revocation[], seconds: number): Promise<Revocation[]> {
    if (this.away) throw new UnavailableError();
    await this.revoke(revocations, seconds);
    return revocations.map((each) => ({ ...each, since: SINCE }));
  }
  async share(revocations: readonly Revocation[], seconds: number): Promise<void> {
    this.shared.push([revocations, seconds]);
    if (this.away) throw new UnavailableError();
  }
  knows(of: Parameters<InMemoryRevocationList['isRevoked']>[0]): boolean {
    return this.isRevoked(of);
  }
}

describe('revocations in PostgreSQL that Redis carries as well', () => {
  let postgres: Part;
  let redis: Part;
  let list: RevocationListWithRedis;
  beforeEach(() => {
    [postgres, redis] = [new Part(), new Part()];
    list = new RevocationListWithRedis(
      postgres as unknown as PostgresRevocationList,
      redis as unknown as RedisRevocationList,
    );
  });

  it('are written to the one, and shared through the other with the times as written', async () => {
    await list.revoke([{ kind: 'session', id: 's1' }], 60);
    expect(redis.shared).toEqual([[[{ kind: 'session', id: 's1', since: SINCE }], 60]]);
    expect([list.isRevoked(token('s1')), list.isRevoked(token('s2'))]).toEqual([true, false]);
  });

  it('are made without Redis, and not without PostgreSQL', async () => {
    redis.away = true;
    await list.revoke([{ kind: 'session', id: 's1' }], 60);
    expect(list.isRevoked(token('s1'))).toBe(true);
    postgres.away = true;
    await expect(list.revoke([{ kind: 'session', id: 's2' }], 60)).rejects.toBeInstanceOf(UnavailableError);
    expect(redis.shared).toHaveLength(1);
  });

  it('are known as soon as either has told of them', async () => {
    await redis.revoke([{ kind: 'session', id: 's1' }], 60);
    await postgres.revoke([{ kind: 'session', id: 's2' }], 60);
    expect(['s1', 's2', 's3'].map((sid) => list.isRevoked(token(sid)))).toEqual([true, true, false]);
    expect([list.size, list.staleness]).toEqual([1, 7]);
  });

  it('are told to whoever watches, from both, until that ends', async () => {
    const told: string[] = [];
    const end = list.watch(({ id }) => void told.push(id));
    await redis.revoke([{ kind: 'session', id: 's1' }], 60);
    await postgres.revoke([{ kind: 'session', id: 's2' }], 60);
    end();
    for (const part of [redis, postgres]) await part.revoke([{ kind: 'session', id: 's3' }], 60);
    expect(told).toEqual(['s1', 's2']);
  });

  it('start and stop with the app, both of them', async () => {
    await list.onModuleInit();
    await list.onModuleDestroy();
    expect([postgres.life, redis.life]).toEqual([
      ['start', 'stop'],
      ['start', 'stop'],
    ]);
    postgres.away = true;
    await expect(list.onModuleInit()).rejects.toBeInstanceOf(UnavailableError);
  });
});
