/** The JOSE header of every token Latchkey signs (RFC 7515 §4.1). `typ` tells the two kinds apart (RFC 8725 §3.11). */
export interface JWTHeader {
  alg: string;
  kid: string;
  typ: 'at+jwt' | 'rt+jwt';
}

/** The claims that both kinds of token carry (RFC 7519 §4.1). Times are whole seconds since the epoch. */
interface CommonClaims {
  iss: string;
  sub: string;
  aud: string | string[];
  iat: number;
  exp: number;
  nbf?: number;
  jti: string;
  /** The session the token belongs to. */
  sid: string;
}

/** The claims of an access token (RFC 9068 §2.2), including any that the host's claims hook added. */
export interface AccessTokenPayload extends CommonClaims {
  type: 'access';
  roles: string[];
  permissions: string[];
  /** The `jwt.clientId` option (RFC 9068 §2.2). Missing in tokens of earlier versions. */
  client_id?: string;
  /** When the user last authenticated, by a login or a step-up, in seconds since the epoch; the same after a refresh. */
  auth_time: number;
  /** How strongly: `pwd`, `mfa` or `phr`. Missing in tokens of earlier versions, which count as `pwd`. */
  acr?: string;
  /** By which methods (RFC 8176). Missing in tokens of earlier versions. */
  amr?: string[];
  /** When the session began, if `auth_time` does not say it. */
  session_began?: number;
  [claim: string]: unknown;
}

/** The claims of a refresh token. It carries no roles or permissions: those are read again when it is used. */
export interface RefreshTokenPayload extends CommonClaims {
  type: 'refresh';
}

/** The claims of either kind of token; `type` says which kind it is. */
export type JWTPayload = AccessTokenPayload | RefreshTokenPayload;

/** The tokens that a login or a refresh gives to the client. Lifetimes are in seconds from now. */
export interface TokenPair {
  accessToken: string;
  refreshToken: string;
  tokenType: 'Bearer';
  expiresIn: number;
  refreshExpiresIn: number;
  /** When the session ends, no matter how often it is refreshed: ISO 8601 in UTC. */
  sessionExpiresAt: string;
}

/** The user an access token is issued for. Roles and permissions are read again at each refresh. */
export interface TokenSubject {
  id: string;
  roles: string[];
  permissions: string[];
}

/** What the way to the client permits. */
export interface TokenLimits {
  /**
   * The maximum number of characters of the access token, if it is lower than the 8192 that are accepted at most: for
   * cookies, `SessionCookies.maxAccessTokenLength`.
   */
  maxAccessTokenLength?: number;
}

/** A new session and its first tokens. */
export interface StartedSession {
  sessionId: string;
  tokens: TokenPair;
}
