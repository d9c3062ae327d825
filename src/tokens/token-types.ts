/** The JOSE header of every token Latchkey signs (RFC 7515 §4.1); `typ` per RFC 8725 §3.11 keeps the kinds apart. */
export interface JWTHeader {
  alg: string;
  kid: string;
  typ: 'at+jwt' | 'rt+jwt';
}

/** The claims both kinds of token carry (RFC 7519 §4.1). Times are whole seconds since the epoch. */
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

/** What an access token says (RFC 9068 §2.2), with whatever the host's claims hook added. */
export interface AccessTokenPayload extends CommonClaims {
  type: 'access';
  roles: string[];
  permissions: string[];
  /** When the user last proved who they are (seconds since the epoch). */
  auth_time: number;
  [claim: string]: unknown;
}

/** What a refresh token says: roles and the like are read afresh when it is used. */
export interface RefreshTokenPayload extends CommonClaims {
  type: 'refresh';
}

/** The claims of either kind of token; `type` tells which. */
export type JWTPayload = AccessTokenPayload | RefreshTokenPayload;

/** What a login or a refresh hands to the client; lifetimes are seconds from now. */
export interface TokenPair {
  accessToken: string;
  refreshToken: string;
  tokenType: 'Bearer';
  expiresIn: number;
  refreshExpiresIn: number;
  /** When the session ends however often it is refreshed, ISO 8601 in UTC. */
  sessionExpiresAt: string;
}

/** Whom an access token is about: what is read afresh at each refresh. */
export interface TokenSubject {
  id: string;
  roles: string[];
  permissions: string[];
}

/** A session that has begun, and its first tokens. */
export interface StartedSession {
  sessionId: string;
  tokens: TokenPair;
}
