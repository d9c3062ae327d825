import { AuthEvents } from '../../src/events/auth-events.js';
import type { AuthEvent } from '../../src/events/auth-event.js';
import { KeySet } from '../../src/keys/key-set.js';
import { keyFromSecret } from '../../src/keys/signing-key.js';
import { InMemoryRevocationList } from '../../src/revocation/in-memory-revocation-list.js';
import type { RevocationCheck } from '../../src/revocation/revocation-check.js';
import { RevocationChecks } from '../../src/revocation/revocation-checks.js';
import { SessionEnder } from '../../src/revocation/session-ender.js';
import { InMemorySessionStore } from '../../src/sessions/in-memory-session.store.js';
import type { SessionLimits } from '../../src/sessions/session-types.js';
import { AccessSignatures } from '../../src/tokens/access-signatures.js';
import { AccessTokens, type ClaimsHook, type StaticClaims } from '../../src/tokens/access-tokens.js';
import { JwtCodec } from '../../src/tokens/jwt-codec.js';
import { NodeSignatures } from '../../src/tokens/node-signatures.js';
import { RefreshTokens } from '../../src/tokens/refresh-tokens.js';
import { Rotation } from '../../src/tokens/rotation.js';
import { TokenPairs } from '../../src/tokens/token-pairs.js';
import { TokensService } from '../../src/tokens/tokens.service.js';
import type { UserRotation } from '../../src/tokens/user-rotation.js';
import { VerifiedTokens } from '../../src/tokens/verified-tokens.js';
import { InMemoryUserStore } from '../../src/users/in-memory-user.store.js';
import { SESSION_LIMITS } from './session-limits.js';

const ACCESS_LIFETIME = 900;
/** Seconds since the epoch, at the beginning of each set of parts. */
export const BEGAN = 1_800_000_000;

export interface SessionTokensSettings {
  limits?: Partial<SessionLimits>;
  claims?: Partial<StaticClaims>;
  hook?: ClaimsHook;
  check?: RevocationCheck;
  together?: Pick<UserRotation, 'rotate'>;
}

/** Everything that issues and checks tokens, on stores in memory and a clock that stands still until it is set. */
export function sessionTokens({ limits, claims, hook, check, together }: SessionTokensSettings = {}) {
  const time = { ms: BEGAN * 1_000 };
  const clock = () => time.ms;
  const policy = {
    issuer: 'here',
    acceptedIssuers: [],
    audience: 'us',
    clockTolerance: 5,
    maxLifetime: ACCESS_LIFETIME,
  };
  const [accessKeys, refreshKeys] = ['a', 'b'].map(
    (letter) => new KeySet([keyFromSecret(letter.repeat(64), 'HS256')]),
  ) as [KeySet, KeySet];
  const codec = new JwtCodec(new AccessSignatures(), accessKeys, 'at+jwt');
  const refreshCodec = new JwtCodec(new NodeSignatures(), refreshKeys, 'rt+jwt');
  const access = new AccessTokens(
    codec,
    policy,
    clock,
    new VerifiedTokens(100_000),
    { clientId: 'app', added: {}, ...claims },
    hook,
  );
  const refresh = new RefreshTokens(refreshCodec, policy);
  const pairs = new TokenPairs(access, refresh);
  const sessions = new InMemorySessionStore({ ...SESSION_LIMITS, ...limits }, clock);
  const users = new InMemoryUserStore();
  const list = new InMemoryRevocationList(clock);
  const events = new AuthEvents(clock, () => undefined);
  const heard: AuthEvent[] = [];
  events.subscribe((event) => void heard.push(event));
  const ender = new SessionEnder(sessions, list, events, ACCESS_LIFETIME);
  const checks = new RevocationChecks(list, sessions, users, check ?? 'deny-list');
  const rotation = new Rotation(sessions, users, pairs, ender, checks, events, together as UserRotation);
  const tokens = new TokensService(access, refresh, pairs, rotation, sessions, checks, ender, events);
  let registered = 0;
  const register = async (roles = ['reader'], permissions = ['read']) => {
    const fresh = {
      email: `${++registered}@example.com`,
      name: null,
      passwordHash: 'none',
      roles,
      permissions,
    };
    return (await users.create(fresh))!;
  };
  return {
    time,
    policy,
    accessKeys,
    refreshKeys,
    codec,
    refreshCodec,
    access,
    refresh,
    pairs,
    sessions,
    users,
    list,
    ender,
    heard,
    tokens,
    register,
  };
}

/** The claims of a token, unchecked. */
export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as Record<string, unknown>;
}
