import { InternalError } from '../errors/auth-errors.js';
import { callHost } from '../errors/host-call.js';
import type { UserRecord } from '../users/user-store.js';
import { toUserView, type UserView } from './user-view.js';

/** How many characters a text needs to be recognized as a hash inside another text. */
const SURE_LENGTH = 16;

const isText = (value: unknown) => typeof value === 'string';
const isTexts = (value: unknown) => Array.isArray(value) && value.every(isText);

/** What clients rely on. */
const MEMBERS: Record<keyof UserView, (value: unknown) => boolean> = {
  id: isText,
  email: isText,
  name: (value) => value === null || isText(value),
  roles: isTexts,
  permissions: isTexts,
  createdAt: isText,
};

/** How users are shown to themselves: the members of `UserView`, and what the option `userView` adds. */
export class UserViews {
  constructor(private readonly hook?: (user: UserRecord) => object | Promise<object>) {}

  /**
   * Returns the view of a user, in the response to whoever is logged in as that user.
   * @throws InternalError whose `cause` names `userView`, when that fails or returns something that may not be shown
   */
  async of(user: UserRecord): Promise<UserView> {
    const { hook } = this;
    const view = toUserView(user);
    if (!hook) return view;
    const call = { name: 'userView', expected: 'an object', fits: isObject };
    const added = plain(await callHost<object>(call, () => hook(user)), user.passwordHash);
    const shown = { ...view, ...added, id: view.id };
    for (const [name, fits] of Object.entries(MEMBERS))
      if (!fits(shown[name as keyof UserView])) throw unfit(`changed the type of ${name}`);
    return shown;
  }
}

/** What JSON makes of an object of the host. A copy without methods, so that nothing more appears when it is written. */
function plain(given: object, passwordHash: string | null): object {
  if ('passwordHash' in given) throw unfit('returned the password hash');
  let json: string | undefined;
  try {
    json = JSON.stringify(given, (name, value: unknown) => {
      if (name === 'passwordHash' || contains(value, passwordHash)) throw new LeakError();
      return value;
    });
  } catch (error) {
    if (error instanceof LeakError) throw unfit('returned the password hash');
    throw unfit('returned what JSON cannot hold', error);
  }
  const copy: unknown = json === undefined ? undefined : JSON.parse(json);
  if (!isObject(copy)) throw unfit('must return an object');
  const entries = Object.entries(copy).filter(([name]) => name !== '__proto__');
  return Object.fromEntries(entries);
}

class LeakError extends Error {}

function contains(value: unknown, hash: string | null): boolean {
  if (!hash || typeof value !== 'string') return false;
  return value === hash || (hash.length >= SURE_LENGTH && value.includes(hash));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unfit(problem: string, cause?: unknown): InternalError {
  return new InternalError({ cause: new Error(`userView ${problem}`, { cause }) });
}
