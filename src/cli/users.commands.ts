import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { text as readAll } from 'node:stream/consumers';
import type { INestApplicationContext } from '@nestjs/common';
import {
  AccountProtection,
  AuthEvents,
  AuthService,
  canonicalEmail,
  TokensService,
  TypeOrmUserStore,
  UserStore,
} from '../index.js';
import { done, failed, type Outcome } from './outcome.js';
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
  email: string,
  options: NewUserOptions,
  stdin: Readable,
): Promise<Outcome> {
  const { name, role: roles = [], permission: permissions = [], passwordStdin } = options;
  const given = passwordStdin ? (await readAll(stdin)).replace(/\r?\n$/, '') : undefined;
  const password = given ?? randomBytes(18).toString('base64url');
  const user = await app.get(AuthService).createUser({ email, password, name });
  await storeOf(app).update(user.id, { roles, permissions });
  const { id } = user;
  const shown = given === undefined ? { password } : {};
  const hint = given === undefined ? `\nPassword: ${password} (not shown again)` : '';
  return done(`${user.email} can log in now. Id: ${id}${hint}`, { id, email: user.email, ...shown });
}

export const disableUser: Command = async (app, email) => {
  const user = await find(app, email!);
  if (!user) return failed(`There is no user ${email}.`);
  await storeOf(app).update(user.id, { disabled: true });
  await app.get(TokensService).revokeUser(user.id);
  return done(`${user.email} is disabled and logged out everywhere.`);
};

export const enableUser: Command = async (app, email) => {
  const user = await find(app, email!);
  if (!user) return failed(`There is no user ${email}.`);
  await storeOf(app).update(user.id, { disabled: false });
  await app.get(AccountProtection).reset(user.email);
  await app.get(AuthEvents).record({ type: 'user-enabled', userId: user.id });
  return done(`${user.email} can log in again; sessions that were ended stay ended.`);
};

async function find(app: INestApplicationContext, email: string) {
  const canonical = canonicalEmail(email);
  return canonical ? storeOf(app).findByEmail(canonical) : null;
}

function storeOf(app: INestApplicationContext): TypeOrmUserStore {
  return app.get<TypeOrmUserStore>(UserStore);
}
