import type { RevocableToken, Revocation, RevocationList } from '../../../src/index.js';
import { InMemoryRevocationList } from '../../../src/revocation/in-memory-revocation-list.js';
import { failuresOfAll } from '../../contract/revocation-of-all.js';

const now = async () => Math.floor(Date.now() / 1_000);

/** The list in memory, with one mistake. */
class Broken implements RevocationList {
  private readonly list = new InMemoryRevocationList();
  constructor(
    private readonly mistake: {
      given?: (revocation: Revocation) => Revocation | null;
      asked?: (token: RevocableToken) => RevocableToken;
    },
  ) {}

  revoke(revocations: readonly Revocation[], seconds: number): Promise<void> {
    const { given = (same) => same } = this.mistake;
    return this.list.revoke(
      revocations.map(given).filter((each) => each !== null),
      seconds,
    );
  }

  isRevoked(token: RevocableToken): boolean {
    return this.list.isRevoked(this.mistake.asked?.(token) ?? token);
  }
}

describe('the contract of revoking all sessions', () => {
  it('is met by the list in memory', async () => {
    const list = new InMemoryRevocationList();
    expect(await failuresOfAll(list, list, now)).toEqual([]);
  });

  it.each<[string, ConstructorParameters<typeof Broken>[0]]>([
    ['does not know the kind', { given: (each) => (each.kind === 'all' ? null : each) }],
    ['takes it for a user', { given: (each) => (each.kind === 'all' ? { ...each, kind: 'user' } : each) }],
    ['ignores its time', { given: ({ kind, id }) => ({ kind, id }) }],
    [
      'takes the time of the token for that of the session',
      { asked: (token) => ({ ...token, auth_time: token.iat }) },
    ],
    [
      'forgets tokens without a beginning',
      { asked: (token) => ({ ...token, auth_time: token.auth_time ?? 2e9 }) },
    ],
  ])('is not met by a list that %s', async (_, mistake) => {
    const list = new Broken(mistake);
    expect(await failuresOfAll(list, list, now)).not.toEqual([]);
  });
});
