import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { text as readAll } from 'node:stream/consumers';
import type { INestApplicationContext } from '@nestjs/common';
import { AccountAdmin } from '../index.js';
import { done, noUser, type Outcome, wrongUsage } from './outcome.js';
import type { Command } from './run.js';

export interface NewUserOptions {
  name?: string;
  role?: string[];
  permission?: string[];
  passwordStdin?: boolean;
}

/**
 * The password is read from standard input, or generated and shown once. On the command line, other users of the
 * machine could read it.
 */
export async function createUser(
  app: INestApplicationContext,
  address: string,
  options: NewUserOptions,
  stdin: Readable,
): Promise<Outcome> {
  const { name, role: roles, permission: permissions, passwordStdin } = options;
  const given = passwordStdin ? (await readAll(stdin)).replace(/\r?\n$/, '') : undefined;
  const password = given ?? randomBytes(18).toString('base64url');
  const account = { email: address, password, name, roles, permissions };
  const { id, email } = await app.get(AccountAdmin).create(account);
  const shown = given === undefined ? { password } : {};
  const hint = given === undefined ? `\nPassword: ${password} (not shown again)` : '';
  return done(`${email} can log in now. Id: ${id}${hint}`, { id, email, ...shown });
}

export const disableUser: Command = async (app, who) => {
  const admin = app.get(AccountAdmin);
  const account = await admin.find(who!);
  if (!account || !(await admin.disable(account.id))) return noUser(who!);
  return done(`${account.email} is disabled and logged out everywhere.`);
};

export const enableUser: Command = async (app, who) => {
  const admin = app.get(AccountAdmin);
  const account = await admin.find(who!);
  if (!account || !(await admin.enable(account.id))) return noUser(who!);
  return done(`${account.email} can log in again. Sessions that have ended stay ended.`);
};

export const deleteUser: Command = async (app, who) => {
  const admin = app.get(AccountAdmin);
  const account = await admin.find(who!);
  // Without an account too: that removes what an interrupted deletion has left of this id.
  if (!(await admin.remove(account?.id ?? who!)) || !account) return noUser(who!);
  return done(`${account.email} has been deleted. The audit trail keeps the events of the account.`);
};

/** The response of `delete` without `--yes`. */
export const askForYes = (who: string): Outcome =>
  wrongUsage(
    `This deletes ${who} for good. To lock the user out instead, use disable; to delete the account, add --yes.`,
  );
