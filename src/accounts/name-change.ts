import { InvalidTokenError } from '../errors/auth-errors.js';
import type { ClientInfo } from '../sessions/session-types.js';
import { displayNameProblem } from '../users/display-name.js';
import { neededMethod } from '../users/needed-method.js';
import type { UserRecord, UserStore } from '../users/user-store.js';
import type { AccountEvents } from './account-events.js';
import { activeUser } from './active-user.js';
import { invalid } from './new-password.js';

/** Lets users change their display name. */
export class NameChange {
  constructor(
    private readonly users: UserStore,
    private readonly events: AccountEvents,
  ) {}

  /** Returns the user with the new name. @throws ValidationFailedError | InvalidTokenError */
  async change(userId: string, name: string | null, client?: ClientInfo): Promise<UserRecord> {
    const problem = name === null ? null : displayNameProblem(name);
    if (problem) throw invalid('name', `name ${problem}`);
    await activeUser(this.users, userId);
    if (!(await neededMethod(this.users, 'setName')(userId, name))) throw new InvalidTokenError();
    await this.events.record('name-changed', userId, client);
    return activeUser(this.users, userId);
  }
}
