import { randomUUID } from 'node:crypto';
import { type AuthenticationLevel, BY_PASSWORD } from '../sessions/authentication.js';
import { canonicalEmail } from '../users/email.js';
import type { TokenPair } from '../tokens/token-types.js';
import { TokensService } from '../tokens/tokens.service.js';
import { type UserRecord, UserStore } from '../users/user-store.js';

/** The user to sign in; omitted fields get generated or empty values. */
export type TestUser = Partial<Pick<UserRecord, 'email' | 'name' | 'roles' | 'permissions'>> & {
  /** The fields of your own of a new user, as in a registration. */
  fields?: Record<string, unknown>;
  /** How strongly the user has authenticated, for `@StepUp`. Default `pwd`. */
  acr?: AuthenticationLevel;
  /** By which methods (RFC 8176). Default `['pwd']`. */
  amr?: string[];
  /** When. Default: now. */
  authTime?: Date;
};

/** A session, and how a test sends it. */
export interface SignedIn {
  user: UserRecord;
  tokens: TokenPair;
  /** Headers to send with the test's requests. */
  headers: { authorization: string };
}

/** A Nest app or a testing module. */
interface App {
  get<T>(token: unknown, options: { strict: false }): T;
}

/**
 * Starts a session without HTTP and without a password, for a new user or for the existing one with this email address.
 * In a custom user store without `setAccess`, roles and permissions are only in the first access token.
 * @throws Error when `email` is not a valid email address
 */
export async function signIn(app: App, wanted: TestUser = {}): Promise<SignedIn> {
  const store = app.get<UserStore>(UserStore, { strict: false });
  const user = await grant(store, await findOrCreate(store, wanted), wanted);
  const { acr, amr, authTime: at } = wanted;
  const authentication = (acr ?? amr ?? at) && {
    ...BY_PASSWORD,
    ...(acr && { acr }),
    ...(amr && { amr }),
    at,
  };
  const service = app.get<TokensService>(TokensService, { strict: false });
  const { tokens } = await service.startSession(user, {}, {}, authentication || undefined);
  return { user, tokens, headers: { authorization: `Bearer ${tokens.accessToken}` } };
}

async function findOrCreate(store: UserStore, { email, name = null, fields }: TestUser): Promise<UserRecord> {
  const address = canonicalEmail(email ?? `${randomUUID()}@example.com`);
  if (!address) throw new Error(`"${email}" is not an email address`);
  const user =
    (await store.findByEmail(address)) ??
    (await store.create({ email: address, name, passwordHash: null, ...(fields && { fields }) }));
  return user ?? findOrCreate(store, { email, name, fields }); // another caller created it first
}

async function grant(store: UserStore, user: UserRecord, wanted: TestUser): Promise<UserRecord> {
  if (!wanted.roles && !wanted.permissions) return user;
  const { roles = user.roles, permissions = user.permissions } = wanted;
  await store.setAccess?.(user.id, { roles, permissions });
  return Object.assign(user, { roles, permissions });
}
