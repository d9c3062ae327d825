import type { TokenPair } from '../../tokens/token-types.js';
import type { UserView } from './user-view.js';

/** The body of a refresh: in the cookie transport without the tokens themselves. Lifetimes in seconds from now. */
export type TokenResponse =
  TokenPair | Pick<TokenPair, 'expiresIn' | 'refreshExpiresIn' | 'sessionExpiresAt'>;

/** The body of a login or a registration that ends signed in. */
export type AuthResponse = TokenResponse & { user: UserView };
