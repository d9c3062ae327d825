import { ForbiddenError, NotFoundError } from '../errors/auth-errors.js';
import type { ClientInfo } from '../sessions/session-types.js';
import type { FactorBudget } from './factor-budget.js';
import type { FactorAdded, FactorChanges } from './factor-changes.js';
import type { FactorOwner } from './owned-accounts.js';
import type { TotpFactors } from './totp-factors.js';
import { otpauthUrl } from './totp.js';

/** What the owner sees of a new authenticator app, once. */
export interface NewAuthenticator {
  id: string;
  /** In base32, to be typed in. */
  secret: string;
  otpauthUrl: string;
  /** The same address as a QR code, in SVG. */
  qrSvg: string;
}

/** Adds authenticator apps. */
export class TotpEnrolment {
  constructor(
    private readonly totps: TotpFactors,
    private readonly changes: FactorChanges,
    private readonly budget: FactorBudget,
    /** Who the authenticator app says the code is for. */
    private readonly issuer: string,
  ) {}

  /**
   * Makes an authenticator app that waits to be confirmed.
   * @throws ForbiddenError if the account has too many
   */
  async begin(owner: FactorOwner, account: string, name: string | null): Promise<NewAuthenticator> {
    const { renderSVG } = await import('uqr'); // a start does not need it
    const created = await this.totps.create(owner.id, name);
    if (!created)
      throw new ForbiddenError({ message: 'You have too many authenticator apps. Remove one first.' });
    const url = otpauthUrl({ issuer: this.issuer, account, secret: created.secret });
    return { ...created, otpauthUrl: url, qrSvg: renderSVG(url) };
  }

  /**
   * Confirms an authenticator app with one of its codes, which is thereby used.
   * @throws NotFoundError if the user has none that waits with this id; InvalidCodeError; RateLimitedError
   */
  async confirm(
    owner: FactorOwner,
    factorId: string,
    code: string,
    client?: ClientInfo,
  ): Promise<FactorAdded> {
    const { id } = owner;
    if (!(await this.totps.isPending(id, factorId))) throw new NotFoundError();
    const checked = await this.budget.attempt(id, () => this.totps.check(id, factorId, code), client);
    if (!checked) throw this.totps.wrongAnswer();
    const { name, step } = checked;
    const added = await this.changes.add(
      owner,
      { name, proof: this.totps.proofOf(factorId) },
      (inside) => this.totps.confirm(id, factorId, step, inside),
      client,
    );
    if (!added) throw new NotFoundError();
    return added;
  }
}
