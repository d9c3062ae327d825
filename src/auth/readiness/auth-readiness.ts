import type { DataSource } from 'typeorm';
import { isReadOnly } from '../../database/read-only.js';
import { UnavailableError } from '../../errors/auth-errors.js';
import { isBusy, isDiskFull, isTransient } from '../../errors/database-errors.js';
import { markReported } from '../../errors/reported.js';
import type { AuthInstances } from '../../instances/auth-instances.js';
import type { KeyRing } from '../../keys/key-ring.js';
import { RefusedWrite, type SessionWrites } from '../../revocation/session-writes.js';
import type { AccessTokens } from '../../tokens/access-tokens.js';
import type { RefreshTokens } from '../../tokens/refresh-tokens.js';
import { Patience } from './patience.js';
import { RecentProof, Undecided } from './recent-proof.js';

export interface ReadinessParts {
  /** `undefined`: nothing is kept in a database, as in tests with `inMemoryAuth`. */
  source: DataSource | undefined;
  writes: SessionWrites | undefined;
  accessTokens: AccessTokens;
  refreshTokens: RefreshTokens;
  ring: KeyRing | undefined;
  instances: AuthInstances | undefined;
}

type Log = Record<'error' | 'warn', (message: unknown) => void>;

/**
 * Whether a user could log in now, for a health check: `AuthReadiness.check()`. The log says why not, once, and that
 * everything works again.
 */
export class AuthReadiness {
  readonly #parts: ReadinessParts;
  readonly #proof: RecentProof;
  readonly #patience: Patience;
  readonly #log: Log;
  private looking: Promise<void> | undefined;
  private known: string | undefined;

  /** @internal */
  constructor(parts: ReadinessParts, log: Log, now?: () => number) {
    this.#parts = parts;
    this.#log = log;
    this.#proof = new RecentProof(() => this.prove(), now);
    this.#patience = new Patience(now);
  }

  /**
   * Resolves if the database accepts writes, which is asked each time, if a session could be written and its tokens
   * signed, which is proved once a minute, and if the other instances know that this one runs. The session is rolled
   * back. A failed proof is repeated after a second.
   * @throws UnavailableError whose message says what does not work; its `cause` is the reason, which clients must not see
   */
  async check(): Promise<void> {
    try {
      await (this.looking ??= this.look().finally(() => (this.looking = undefined)));
      await this.#proof.check();
      await this.proveSigns();
    } catch (error) {
      this.report((error as Error).message, (error as Error).cause);
      markReported(error as Error);
      throw error;
    }
    this.report(undefined);
  }

  private async look(): Promise<void> {
    const { source } = this.#parts;
    if (!source) return;
    try {
      if (await isReadOnly(source)) throw unavailable('The database is read-only.');
      this.#patience.answered();
    } catch (error) {
      const { cause } = error as UnavailableError;
      if (!isBusy(cause)) this.#patience.end();
      else if (this.#patience.lasts()) return;
      else throw undecided(cause);
      throw cause === undefined ? error : unavailable('The database does not answer.', cause);
    }
  }

  private async prove(): Promise<void> {
    await this.proveWrites();
    await this.proveTokens();
  }

  private async proveWrites(): Promise<void> {
    try {
      await this.#parts.writes?.prove();
    } catch (error) {
      const { message, cause } = error as RefusedWrite;
      const reason = cause instanceof UnavailableError ? cause.cause : cause;
      if (isTransient(reason) && !isDiskFull(reason)) throw undecided(reason);
      throw unavailable(message, reason);
    }
  }

  private async proveSigns(): Promise<void> {
    await this.#parts.instances?.proveSigns().catch((cause: unknown) => {
      throw unavailable('The database does not let this service say that it runs.', cause);
    });
  }

  private async proveTokens(): Promise<void> {
    const { accessTokens, refreshTokens, ring } = this.#parts;
    await ring?.load().catch((error: Error) => {
      if (error instanceof UnavailableError) throw undecided(error.cause);
      throw unavailable('The database does not let this service read the signing keys.', error);
    });
    await accessTokens.prove().catch((cause: unknown) => {
      throw unavailable(whyNoAccessToken(ring), cause);
    });
    await refreshTokens.prove().catch((cause: unknown) => {
      throw unavailable('No refresh token can be signed.', cause);
    });
  }

  /** Logs a change, however often it is asked. */
  private report(message: string | undefined, cause?: unknown): void {
    if (message === this.known) return;
    this.known = message;
    if (message === undefined) this.#log.warn('Ready again');
    else this.#log.error({ msg: message, err: cause });
  }
}

function whyNoAccessToken(ring: KeyRing | undefined): string {
  if (ring?.list().some(({ signs }) => signs) !== false) return 'No access token can be signed.';
  return ring.unopened.length > 0
    ? 'The signing keys cannot be opened with the configured secrets.'
    : 'There is no signing key.';
}

function unavailable(message: string, cause?: unknown): UnavailableError {
  return new UnavailableError({ message, retryAfter: 1, cause });
}

/** In the words that apply if it goes on. */
function undecided(cause: unknown): Undecided {
  return new Undecided({
    message: 'The database is too busy, or does not answer in time.',
    retryAfter: 1,
    cause,
  });
}
