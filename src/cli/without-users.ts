import type { UserStore } from '../index.js';

/** Stands in for the user store where the app keeps its users elsewhere: nobody is known here. */
export class WithoutUsers implements UserStore {
  async findById(): Promise<null> {
    return null;
  }

  async findByEmail(): Promise<null> {
    return null;
  }

  async create(): Promise<never> {
    throw new Error(NO_USERS);
  }

  async replacePasswordHash(): Promise<boolean> {
    return false;
  }
}

export const NO_USERS =
  'This database has no table of users, because the app keeps them itself: manage them there. If it should have one, ' +
  'run "npx latchkey migrate".';
