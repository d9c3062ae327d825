import type { AccountMails } from '../actions/account-mails.js';
import type { AccountRecords } from '../actions/account-records.js';
import type { FactorChanges } from '../mfa/factor-changes.js';
import type { Factor } from '../mfa/factor-kind.js';
import type { Ownership } from '../mfa/ownership.js';
import type { TrustedDevice, TrustedDevices } from '../mfa/trusted-devices.js';
import type { ClientInfo, SessionInfo } from '../sessions/session-types.js';
import type { TokensService } from '../tokens/tokens.service.js';
import type { UserStore } from '../users/user-store.js';
import type { AccountEvents } from './account-events.js';
import { activeUser } from './active-user.js';
import type { UserView } from './user-view.js';
import type { UserViews } from './user-views.js';

/** What happened to the account, as it is kept. */
export interface ExportedAccountEvent {
  type: string;
  at: Date;
  ip: string | null;
  userAgent: string | null;
  sessionId: string | null;
  details: Record<string, unknown>;
  count: number;
}

/** Everything that is kept about a person, without hashes and secrets. */
export interface ExportedAccount {
  user: UserView;
  /** The address that was proven, if any. */
  provenEmail: string | null;
  sessions: SessionInfo[];
  /** What was requested by mail and is kept still, such as another address. */
  actions: { purpose: string; email: string | null; createdAt: Date; expiresAt: Date }[];
  /** Mails to the owner of which something is kept still, the newest first. */
  mails: { template: string; recipient: string; createdAt: Date; sentAt: Date | null }[];
  /** Without their secrets; absent if there are no second factors. */
  factors?: Factor[];
  trustedDevices?: TrustedDevice[];
  /** The newest first. */
  events: ExportedAccountEvent[];
}

/** More than an account plausibly has within the retention of the audit trail. */
const MAX_EVENTS = 10_000;

/** Gives people a copy of what is kept about them (GDPR, article 15). */
export class AccountExport {
  constructor(
    private readonly users: UserStore,
    private readonly views: UserViews,
    private readonly tokens: TokensService,
    private readonly records: AccountRecords,
    private readonly trail:
      { newestOf(userId: string, limit: number): Promise<ExportedAccountEvent[]> } | undefined,
    private readonly events: AccountEvents,
    private readonly mails: Pick<AccountMails, 'listOf'>,
    private readonly factors?: Pick<FactorChanges, 'listOf'>,
    private readonly devices?: Pick<TrustedDevices, 'listOf'>,
    private readonly ownership?: Ownership,
  ) {}

  /**
   * @param acr how strongly the owner has authenticated: `claims.acr` of the access token. Default: with a password
   * @throws InvalidTokenError if the account has been deleted or disabled; StepUpRequiredError without the second factor of
   *   an owner who has one
   */
  async of(userId: string, client?: ClientInfo, acr?: string): Promise<ExportedAccount> {
    const user = await activeUser(this.users, userId);
    await this.ownership?.assertOwner({ id: userId, acr }, 'data');
    const exported: ExportedAccount = {
      user: await this.views.of(user),
      provenEmail: (await this.records.states.of(userId)).provenEmail,
      sessions: await this.tokens.sessionsOf(userId),
      actions: (await this.records.actions.listOf(userId)).map(
        ({ purpose, email, createdAt, expiresAt }) => ({
          purpose,
          email,
          createdAt,
          expiresAt,
        }),
      ),
      mails: ((await this.mails.listOf?.(userId)) ?? []).map(
        ({ template, recipient, createdAt, sentAt }) => ({ template, recipient, createdAt, sentAt }),
      ),
      ...(this.factors && { factors: await this.factors.listOf(userId) }),
      ...(this.devices && { trustedDevices: await this.devices.listOf(userId) }),
      events: ((await this.trail?.newestOf(userId, MAX_EVENTS)) ?? []).map(
        ({ type, at, ip, userAgent, sessionId, details, count }) => ({
          type,
          at,
          ip,
          userAgent,
          sessionId,
          details,
          count,
        }),
      ),
    };
    await this.events.record('exported', userId, client);
    return exported;
  }
}
