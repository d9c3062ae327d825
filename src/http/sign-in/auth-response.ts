import type { TokenPair } from '../../tokens/token-types.js';
import type { UserView } from '../../accounts/user-view.js';

/** The response body of a refresh; with the cookie transport, without the tokens. Lifetimes are in seconds from now. */
export type TokenResponse =
  TokenPair | Pick<TokenPair, 'expiresIn' | 'refreshExpiresIn' | 'sessionExpiresAt'>;

/** The response body of a login or registration that ends signed in. */
export type AuthResponse = TokenResponse & { user: UserView };
