import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Keys } from '../../keys/key-set.js';
import type { AuthRequest } from '../shared/auth-request.js';
import type { SessionCookies } from './session-cookies.js';

const LIFETIME_SECONDS = 180 * 86_400;
const PURPOSE = 'latchkey device cookie v1';
/** When it expires in seconds since the epoch, a random id, and the authentication code. */
const FORMAT = /^(?<expires>\d{1,12})\.(?<id>[\w-]{22})\.(?<code>[\w-]{43})$/;

/**
 * Recognizes browsers that have logged in to an account before, by a cookie with a message authentication code over the
 * user's id (OWASP device cookies). It proves nothing else: it is no credential and says nothing about the user. The key
 * is derived from the secret of refresh tokens; a cookie made with an older secret stays valid as long as that is listed.
 */
export class KnownBrowser {
  /** Newest first. */
  private readonly keys: Buffer[];

  constructor(
    private readonly cookies: SessionCookies,
    refreshKeys: Keys,
    private readonly clock: () => number,
  ) {
    this.keys = refreshKeys
      .all()
      .map(({ privateKey }) => Buffer.from(hkdfSync('sha256', privateKey.export(), '', PURPOSE, 32)));
  }

  /** Marks the browser as one that has logged in to this account, for 180 days. */
  remember(response: unknown, userId: string): void {
    const expires = Math.floor(this.clock() / 1000) + LIFETIME_SECONDS;
    const id = randomBytes(16).toString('base64url');
    const code = codeOf(this.keys[0]!, userId, id, expires).toString('base64url');
    this.cookies.setDevice(response, `${expires}.${id}.${code}`, LIFETIME_SECONDS);
  }

  /** Whether this browser has logged in to this account before. */
  knows(request: AuthRequest, userId: string): boolean {
    const { expires, id, code } = FORMAT.exec(this.cookies.device(request) ?? '')?.groups ?? {};
    if (!expires || !id || !code || Number(expires) * 1000 <= this.clock()) return false;
    const given = Buffer.from(code, 'base64url');
    return this.keys.some((key) => timingSafeEqual(codeOf(key, userId, id, Number(expires)), given));
  }
}

function codeOf(key: Buffer, userId: string, id: string, expires: number): Buffer {
  return createHmac('sha256', key)
    .update(JSON.stringify([userId, id, expires]))
    .digest();
}
