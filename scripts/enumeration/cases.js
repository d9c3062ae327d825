// The requests whose answers must not tell what is behind an address, and the accounts behind the addresses.
import { randomBytes, randomUUID } from 'node:crypto';
import jsonwebtoken from 'jsonwebtoken';

export const PASSWORD = 'a long sentence of mine';

/** What there is behind an address. */
const NOBODY = {};
const ACCOUNT = { user: true };
const DISABLED = { user: true, disabled: true };
const CLOSING = { user: true, disabled: true, closing: true };
const WITHOUT_PASSWORD = { user: true, withoutPassword: true };
const RESERVED = { reserved: true };
const PROVEN = { user: true, proven: true };

/** For each call: the body for an address, and kinds of addresses. Each kind is compared with the first one. */
export const CALLS = {
  forgot: {
    path: '/auth/password/forgot',
    body: (email) => ({ email }),
    kinds: {
      unknown: NOBODY,
      known: ACCOUNT,
      disabled: DISABLED,
      closing: CLOSING,
      'without a password': WITHOUT_PASSWORD,
    },
  },
  register: {
    path: '/auth/register',
    body: (email) => ({ email, password: PASSWORD }),
    kinds: { free: NOBODY, taken: ACCOUNT, 'taken, disabled': DISABLED, 'taken, closing': CLOSING },
  },
  resend: {
    path: '/auth/email/verification',
    isOfOwner: true,
    kinds: { unproven: ACCOUNT, proven: PROVEN },
  },
  change: {
    path: '/auth/email',
    isOfSomebody: true,
    body: (email) => ({ newEmail: email }),
    kinds: {
      free: NOBODY,
      taken: ACCOUNT,
      'taken, disabled': DISABLED,
      'taken, closing': CLOSING,
      reserved: RESERVED,
    },
  },
};

/** Prepares accounts, and makes requests that nobody has made before: a mailbox gets only so many mails an hour. */
export class Cases {
  #database;
  #secret;
  #token;
  #passwordHash;

  /**
   * @param database a connection of `pg`
   * @param secret the service signs access tokens with it, by HS256
   */
  constructor(database, secret) {
    this.#database = database;
    this.#secret = secret;
  }

  /** @param signIn resolves with an access token of an account, which must exist */
  async begin({ passwordHash, signIn }) {
    this.#passwordHash = passwordHash;
    const { id, email } = await this.#add(ACCOUNT);
    await this.#prove(id, email);
    this.#token = await signIn(email);
  }

  /** @returns `count` requests of one kind: `{ path, headers, body }` */
  async requests({ path, body, isOfOwner, isOfSomebody }, kind, count) {
    const requests = [];
    const somebody = isOfSomebody ? this.#tokenOf() : undefined;
    for (let i = 0; i < count; i++) {
      const { id, email } = await this.#add(kind);
      const token = isOfOwner ? this.#tokenOf(id) : somebody;
      requests.push({
        path,
        headers: {
          // The limits by address are on, so each request comes from another one.
          'x-forwarded-for': [10, ...randomBytes(3)].join('.'),
          ...(token && { authorization: `Bearer ${token}` }),
        },
        body: body?.(email),
      });
    }
    return requests;
  }

  /** A fresh token for an account: with the claims of the one that was issued. Default: of the account that signed in. */
  #tokenOf(id) {
    const { header, payload } = jsonwebtoken.decode(this.#token, { complete: true });
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      ...payload,
      sub: id ?? payload.sub,
      jti: randomUUID(),
      iat: now,
      exp: now + (payload.exp - payload.iat),
      auth_time: now,
    };
    return jsonwebtoken.sign(claims, this.#secret, { header });
  }

  async #add(kind) {
    const id = randomUUID();
    const email = `${randomBytes(8).toString('hex')}@example.com`;
    if (kind.user)
      await this.#database.query(
        'INSERT INTO users (id, email, password_hash, disabled_at) VALUES ($1, $2, $3, $4)',
        [id, email, kind.withoutPassword ? null : this.#passwordHash, kind.disabled ? new Date() : null],
      );
    if (kind.proven) await this.#prove(id, email);
    if (kind.closing)
      await this.#database.query(
        "INSERT INTO auth_accounts (user_id, epoch, closing_at) VALUES ($1, 1, now() + interval '14 days')",
        [id],
      );
    if (kind.reserved)
      await this.#database.query(
        `INSERT INTO auth_actions (id, purpose, user_id, email, created_at, expires_at)
         VALUES (gen_random_uuid(), 'undo-email', $1, $2, now(), now() + interval '7 days')`,
        [id, email],
      );
    return { id, email };
  }

  #prove(id, email) {
    return this.#database.query(
      'INSERT INTO auth_accounts (user_id, proven_email, proven_at) VALUES ($1, $2, now())',
      [id, email],
    );
  }
}
