import { randomUUID } from 'node:crypto';
import type { AuthEvent, AuthEventOf } from '../events/auth-event.js';
import type { AuthEvents } from '../events/auth-events.js';
import { deviceName } from '../events/device.js';
import type { UserRecord, UserStore } from '../users/user-store.js';
import type { AccountWork } from './account-work.js';

/**
 * Mails owners what they should know of how others try to get in. After the answer, so that it takes as long as that for an
 * address without an account.
 */
export class AccountNotices {
  constructor(
    private readonly users: UserStore,
    private readonly work: AccountWork,
    events: AuthEvents,
  ) {
    events.subscribe((event) => this.look(event));
  }

  private look(event: AuthEvent): void | Promise<void> {
    switch (event.type) {
      case 'password-attacked':
        return this.attacked(event);
      case 'alert':
        return event.rule === 'new-device' && !event.knownDevice ? this.newDevice(event) : undefined;
    }
  }

  /** With a way back in: the link resets the password. */
  private async attacked({ userId, at, ip, failures }: AuthEventOf<'password-attacked'>): Promise<void> {
    const user = await this.ownerOf(userId);
    if (!user) return;
    const { id, email, name } = user;
    const actionId = randomUUID();
    await this.work.note(async ({ actions, mail }) => {
      await actions.create({ id: actionId, purpose: 'reset-password', userId: id, email });
      await mail({
        template: 'strangers-failed',
        to: email,
        userId: id,
        actionId,
        data: { name, count: failures, at: at.toISOString(), ...(ip !== undefined && { ip }) },
        dedupeKey: `strangers-failed:${id}:${at.toISOString().slice(0, 10)}`,
      });
    });
  }

  private async newDevice(alert: AuthEventOf<'alert'>): Promise<void> {
    const { userId, sessionId, userAgent, at, ip } = alert;
    const user = await this.ownerOf(userId);
    if (!user) return;
    const { id, email, name } = user;
    const device = deviceName(userAgent ?? null);
    await this.work.note(({ mail }) =>
      mail({
        template: 'signed-in-on-new-device',
        to: email,
        userId: id,
        data: {
          name,
          at: at.toISOString(),
          ...(device !== null && { device }),
          ...(ip !== undefined && { ip }),
        },
        dedupeKey: `new-device:${sessionId}`,
      }),
    );
  }

  private async ownerOf(userId: string | undefined): Promise<UserRecord | null> {
    const user = userId === undefined ? null : await this.users.findById(userId);
    return user?.disabled ? null : user;
  }
}
