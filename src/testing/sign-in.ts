import { randomUUID } from 'node:crypto';
import { canonicalEmail } from '../users/email.js';
import type { TokenPair } from '../tokens/token-types.js';
import { TokensService } from '../tokens/tokens.service.js';
import { InMemoryUserStore } from '../users/in-memory-user.store.js';
import { TypeOrmUserStore } from '../users/typeorm-user.store.js';
import { type UserRecord, UserStore } from '../users/user-store.js';

/** Who is to be signed in; what is not said is made up. */
export type TestUser = Partial<Pick<UserRecord, 'email' | 'name' | 'roles' | 'permissions'>>;

/** A session, and how a test sends it along. */
export interface SignedIn {
  user: UserRecord;
  tokens: TokenPair;
  /** For the requests of the test. */
  headers: { authorization: string };
}

/** A Nest app or a testing module. */
interface App {
  get<T>(token: unknown, options: { strict: false }): T;
}

/**
 * Starts a session without HTTP and without a password, for a new user or the one with this address. In a user store of
 * your own roles and permissions cannot be granted from here: there they are in the first access token only.
 */
export async function signIn(app: App, wanted: TestUser = {}): Promise<SignedIn> {
  const store = app.get<UserStore>(UserStore, { strict: false });
  const user = await grant(store, await findOrCreate(store, wanted), wanted);
  const tokens = await app.get<TokensService>(TokensService, { strict: false }).issue(user);
  return { user, tokens, headers: { authorization: `Bearer ${tokens.accessToken}` } };
}

async function findOrCreate(store: UserStore, { email, name = null }: TestUser): Promise<UserRecord> {
  const address = canonicalEmail(email ?? `${randomUUID()}@example.com`);
  if (!address) throw new Error(`"${email}" is no e-mail address`);
  const user =
    (await store.findByEmail(address)) ?? (await store.create({ email: address, name, passwordHash: null }));
  return user ?? findOrCreate(store, { email, name }); // somebody else was faster
}

async function grant(store: UserStore, user: UserRecord, wanted: TestUser): Promise<UserRecord> {
  const { roles = user.roles, permissions = user.permissions } = wanted;
  const granted = { ...user, roles, permissions };
  if (store instanceof InMemoryUserStore) store.put(granted);
  if (store instanceof TypeOrmUserStore) await store.update(user.id, { roles, permissions });
  return granted;
}
