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

/** The password is read from the standard input, or made and shown once: on a command line others could read it. */
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
  return done(`${account.email} can log in again; sessions that were ended stay ended.`);
};

export const deleteUser: Command = async (app, who) => {
  const admin = app.get(AccountAdmin);
  const account = await admin.find(who!);
  if (!account || !(await admin.remove(account.id))) return noUser(who!);
  return done(`${account.email} is deleted. The audit trail keeps what happened to the account.`);
};

/** The answer to `delete` without `--yes`. */
export const askForYes = (who: string): Outcome =>
  wrongUsage(
    `This deletes ${who} permanently: add --yes to confirm. To lock somebody out, use disable instead.`,
  );
