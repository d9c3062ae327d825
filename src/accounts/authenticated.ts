import type { TokenPair } from '../tokens/token-types.js';
import type { UserRecord } from '../users/user-store.js';

/** What a registration asks for. */
export interface Registration {
  email: string;
  password: string;
  name?: string | null;
}

/** Who has logged in, and their first tokens. */
export interface Authenticated {
  user: UserRecord;
  tokens: TokenPair;
}
