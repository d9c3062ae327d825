import type { RecordsInside } from '../actions/account-records.js';
import type { AccountState, AccountStates } from '../actions/account-states.js';
import { StepUpRequiredError } from '../errors/auth-errors.js';
import { type AuthenticationLevel, reachesLevel } from '../sessions/authentication.js';
import type { FactorKind } from './factor-kind.js';
import { assertNotBraked, RECENT_SECONDS } from './recovery-brake.js';

/** Who does something. */
export interface Actor {
  id: string;
  /** How strongly they have authenticated: `claims.acr` of the access token. Default: with a password. */
  acr?: string | undefined;
  /** By which methods: `claims.amr`. Default: with a password. */
  amr?: readonly string[] | undefined;
}

/**
 * What is at stake: a copy of the `data`; the `account`, which could be taken away or closed; its `factors`, where one that
 * is suspended counts, too. The brakes of a recovery are for the last two.
 */
export type Stake = 'data' | 'account' | 'factors';

/** The locked state of the account, and the transaction in which it is locked. */
export interface Locked {
  state: AccountState;
  inside: RecordsInside | undefined;
}

/**
 * Decides whether somebody in a session is the owner of the account for what the account depends on. A password is not
 * enough where there is a second factor, however the session has come about.
 */
export class Ownership {
  constructor(
    private readonly kinds: readonly FactorKind[],
    private readonly states: Pick<AccountStates, 'of'>,
  ) {}

  /** Whether the user has a second factor, also one that is suspended: a backup alone is none. */
  async hasFactor(userId: string, inside?: RecordsInside): Promise<boolean> {
    for (const kind of this.kinds) if (!kind.isBackup && (await kind.has(userId, inside))) return true;
    return false;
  }

  /**
   * Requires a second factor of whoever has one, and a passkey for some time after a recovery. Returns what was required.
   * @param locked given inside the transaction of a change, so that a recovery at the same time comes before or after it
   * @throws StepUpRequiredError
   */
  async assertOwner({ id, acr }: Actor, stake: Stake, locked?: Locked): Promise<AuthenticationLevel> {
    if (stake !== 'data') {
      const state = locked?.state ?? (await this.states.of(id));
      assertNotBraked(acr, state);
      if (state.brake) return 'phr';
    }
    const isProtected = await (stake === 'factors'
      ? this.hasFactor(id, locked?.inside)
      : this.hasUsableFactor(id, locked?.inside));
    const needed = isProtected ? 'mfa' : 'pwd';
    if (!reachesLevel(acr, needed)) throw new StepUpRequiredError({ acr: needed, maxAge: RECENT_SECONDS });
    return needed;
  }

  private async hasUsableFactor(userId: string, inside?: RecordsInside): Promise<boolean> {
    for (const kind of this.kinds)
      if (!kind.isBackup && (await kind.listOf(userId, inside)).some(({ suspended }) => !suspended))
        return true;
    return false;
  }
}
