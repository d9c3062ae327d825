export type Kind =
  | 'register'
  | 'login'
  | 'add factor'
  | 'second factor'
  | 'refresh'
  | 'visit'
  | 'logout'
  | 'logout everywhere'
  | 'change password'
  | 'forget password'
  | 'reset password'
  | 'disable'
  | 'enable';

/** One request of one person, and what was answered. Times are in milliseconds since the epoch. */
export interface Operation {
  kind: Kind;
  person: string;
  /** The instance that was asked, or `gateway`: whichever it chose. */
  to: string;
  sentAt: number;
  at: number;
  /** `unknown`: no answer, or one that leaves open whether it has happened. It may have happened. */
  outcome: 'done' | 'refused' | 'unknown';
  /** The code of the answer, or why there is none. */
  error?: string;
  /** The session that it is about, or that it began. Operations on an account have none. */
  session?: string;
  /** The ids of the tokens that were sent and received. */
  presented?: string;
  refresh?: string;
  access?: string;
  /** When the access token expires. */
  expiresAt?: number;
  /** Of a login the one that was tried, otherwise the new one. */
  password?: string;
  /** The code of a second factor. */
  code?: string;
}

/** Something that was done to the cluster. */
export interface Strike {
  name: string;
  from: number;
  /** When everything worked again; unset while it does not. */
  to?: number;
  /** Requests may wait for it to end. */
  holds: boolean;
  setsClock?: boolean;
  keepsFromDatabase?: boolean;
}

interface Claims {
  sid: string;
  jti: string;
  exp: number;
}

export function claimsOf(token: string): Claims {
  return JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as Claims;
}
