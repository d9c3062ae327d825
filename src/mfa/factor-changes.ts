import type { AccountMails } from '../actions/account-mails.js';
import type { RecordsInside } from '../actions/account-records.js';
import { ActionTokenInvalidError, LastSignInMethodError } from '../errors/auth-errors.js';
import type { AuthEvents } from '../events/auth-events.js';
import { deviceName } from '../events/device.js';
import type { SecurityNotice } from '../mail/mail-data.js';
import type { SessionStore } from '../sessions/session-store.js';
import type { ClientInfo } from '../sessions/session-types.js';
import type { TokensService } from '../tokens/tokens.service.js';
import type { UserRecord } from '../users/user-store.js';
import { type Factor, type FactorKind, type FactorProof, isStronger, withFactor } from './factor-kind.js';
import type { FactorOwner, OwnedAccounts } from './owned-accounts.js';
import type { Ownership } from './ownership.js';
import type { RecoveryCodes } from './recovery-codes.js';

/** A factor that is being added, and what its confirmation has proven. */
export interface AddedFactor {
  name: string | null;
  proof: FactorProof;
}

/** What the owner sees once, with the first factor. */
export interface FactorAdded {
  recoveryCodes?: string[];
}

/**
 * What all changes of factors have in common: one at a time for an account; pending actions, trusted devices and other
 * sessions end; the session in which it happens is raised or lowered; the owner is told.
 */
export class FactorChanges {
  /** @param recoveryCodes undefined if the app has none; @param mails undefined if it sends none */
  constructor(
    private readonly accounts: OwnedAccounts,
    private readonly kinds: readonly FactorKind[],
    private readonly ownership: Ownership,
    private readonly recoveryCodes: RecoveryCodes | undefined,
    private readonly tokens: TokensService,
    private readonly sessions: SessionStore,
    private readonly events: AuthEvents,
    private readonly mails: AccountMails | undefined,
    private readonly isRequired: (user: UserRecord) => boolean,
  ) {}

  /**
   * Adds a factor whose answer has been checked. The first one ends all other sessions, raises this one, and comes with
   * recovery codes.
   * @param write makes the factor usable, or returns `false` if it no longer can: then `null` is returned
   * @throws InvalidTokenError if the account has been deleted or disabled; StepUpRequiredError if the session is too weak;
   *   ActionTokenInvalidError without a session, if there is another factor already
   */
  async add(
    owner: FactorOwner,
    { name, proof }: AddedFactor,
    write: (inside: RecordsInside) => Promise<boolean>,
    client?: ClientInfo,
  ): Promise<FactorAdded | null> {
    const { id } = owner;
    const begun = await this.accounts.begin(owner);
    let isFirst = !(await this.hasFactor(id));
    // Before the change too, so that no old session outlives it even if the process dies in between.
    if (isFirst) await this.endOthers(owner, client);
    const told = { notice: 'factor-added', what: name, client } as const;
    const added = await this.change(owner, begun, told, async (inside) => {
      // Another one may have been removed meanwhile.
      isFirst = !(await this.hasFactor(id, inside));
      if (!isFirst && owner.sessionId === undefined) throw new ActionTokenInvalidError();
      if (!(await write(inside))) return null;
      const recoveryCodes = isFirst ? await this.recoveryCodes?.renew(id, inside) : undefined;
      return recoveryCodes ? { recoveryCodes } : {};
    });
    if (!added) return null;
    if (isFirst) await this.endOthers(owner, client);
    if (owner.sessionId !== undefined && isStronger(proof, owner.acr))
      await this.sessions.reauthenticate!(owner.sessionId, id, withFactor(proof, owner.amr));
    await this.events.record({ type: 'factor-added', kind: proof.kind, ...aboutOf(owner, client) });
    return added;
  }

  /**
   * Removes a factor, ends all other sessions, and lowers this one. With the last factor, the recovery codes go too.
   * @returns `false` if the user has no factor with this id
   * @throws LastSignInMethodError if the user could no longer log in; StepUpRequiredError if the session is too weak
   */
  async remove(owner: FactorOwner, factorId: string, client?: ClientInfo): Promise<boolean> {
    const { id } = owner;
    const found = (await this.listOf(id)).find((factor) => factor.id === factorId);
    if (!found) return false;
    const begun = await this.accounts.begin(owner);
    const user = await this.accounts.user(id);
    await this.assertNotLast(user, found);
    await this.endOthers(owner, client);
    const told = { notice: 'factor-removed', what: found.name, client } as const;
    const removed = await this.change(owner, begun, told, async (inside) => {
      await this.assertNotLast(user, found, inside);
      const kind = this.kinds.find((each) => each.kind === found.kind)!;
      if (!(await kind.remove(id, factorId, inside))) return null;
      if (!(await this.hasFactor(id, inside)))
        for (const backup of this.kinds) if (backup.isBackup) await backup.removeAll(id, inside);
      return true;
    });
    if (!removed) return false;
    await this.endOthers(owner, client);
    await this.lower(owner);
    await this.events.record({ type: 'factor-removed', kind: found.kind, ...aboutOf(owner, client) });
    return true;
  }

  /**
   * Replaces the recovery codes; those of before are dead. Returns `null` for a user without a second factor.
   * @throws StepUpRequiredError if the session is too weak
   */
  async renewRecoveryCodes(owner: FactorOwner, client?: ClientInfo): Promise<string[] | null> {
    const { id } = owner;
    if (!this.recoveryCodes || !(await this.hasFactor(id))) return null;
    const begun = await this.accounts.begin(owner);
    await this.endOthers(owner, client);
    const codes = await this.change(
      owner,
      begun,
      { notice: 'recovery-codes-renewed', client },
      async (inside) => ((await this.hasFactor(id, inside)) ? this.recoveryCodes!.renew(id, inside) : null),
    );
    if (!codes) return null;
    await this.endOthers(owner, client);
    await this.lower(owner);
    await this.events.record({ type: 'recovery-codes-renewed', ...aboutOf(owner, client) });
    return codes;
  }

  /** All factors of a user, of all kinds, the oldest first. */
  async listOf(userId: string, inside?: RecordsInside): Promise<Factor[]> {
    const lists: Factor[][] = [];
    for (const kind of this.kinds) lists.push(await kind.listOf(userId, inside));
    return lists.flat().toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
  }

  /** Whether the user has a second factor: a backup alone is none. */
  hasFactor(userId: string, inside?: RecordsInside): Promise<boolean> {
    return this.ownership.hasFactor(userId, inside);
  }

  private async assertNotLast(user: UserRecord, factor: Factor, inside?: RecordsInside): Promise<void> {
    if (this.kinds.find(({ kind }) => kind === factor.kind)?.isBackup) return;
    const left = (await this.listOf(user.id, inside)).filter(
      ({ id, suspended }) => id !== factor.id && !suspended,
    );
    const kindsLeft = this.kinds.filter(({ kind }) => left.some((each) => each.kind === kind));
    const canSignIn = user.passwordHash != null || kindsLeft.some((kind) => kind.signsInAlone);
    const isMissing = this.isRequired(user) && !kindsLeft.some((kind) => !kind.isBackup);
    if (!canSignIn || isMissing) throw new LastSignInMethodError();
  }

  /** Writes the mail in the same transaction, unless `work` returns `null`. */
  private change<T>(
    owner: FactorOwner,
    begun: number,
    { notice, what, client }: { notice: SecurityNotice; what?: string | null; client?: ClientInfo },
    work: (inside: RecordsInside) => Promise<T | null>,
  ): Promise<T | null> {
    const device = deviceName(client?.userAgent ?? null);
    return this.accounts.change(owner, begun, async (inside, { id, email, name }) => {
      const result = await work(inside);
      if (result === null) return null;
      const occasion = { at: new Date().toISOString(), ...(device !== null && { device }) };
      const about = { ...(what != null && { what }), ...(client?.ip !== undefined && { ip: client.ip }) };
      const data = { name, notice, ...about, ...occasion };
      await this.mails?.enqueue({ template: 'security-notice', to: email, userId: id, data }, inside.manager);
      return result;
    });
  }

  private endOthers({ id, sessionId }: FactorOwner, client?: ClientInfo): Promise<void> {
    return this.tokens.revokeUserSessions(id, 'factors-changed', sessionId, client);
  }

  private async lower({ id, sessionId }: FactorOwner): Promise<void> {
    if (sessionId !== undefined) await this.sessions.lower!(sessionId, id);
  }
}

const aboutOf = ({ id, sessionId }: FactorOwner, client?: ClientInfo) => ({
  ...client,
  userId: id,
  ...(sessionId !== undefined && { sessionId }),
});
