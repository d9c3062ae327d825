import type { INestApplicationContext } from '@nestjs/common';
import { type Account, AccountAdmin, type SlowedBy, type UserAccess } from '../index.js';
import { done, lines, noUser, type Outcome, timeOf, wrongUsage } from './outcome.js';
import type { Command } from './run.js';
import { stateOf } from './user-list.command.js';

export interface RolesOptions {
  role?: string[];
  permission?: string[];
  none?: boolean;
}

export const showUser: Command = async (app, who) => {
  const admin = app.get(AccountAdmin);
  const account = await admin.find(who!);
  if (!account) return noUser(who!);
  const sessions = (await admin.sessionsOf(account.id))?.length ?? 0;
  const text = lines([
    ['Id', account.id],
    ['Email', account.email],
    ['Name', account.name ?? 'none'],
    ...accessLines(account),
    ['State', stateOf(account)],
    ['Password', passwordOf(account)],
    ...account.slowedBy.map((slow): [string, string] => ['Failures', failuresOf(slow)]),
    ['Sessions', String(sessions)],
    ['Created', timeOf(account.createdAt)],
  ]);
  return done(text, { ...account, sessions });
};

/** Shows the roles and permissions of an account, or replaces the ones given; `--none` removes both. */
export async function userRoles(
  app: INestApplicationContext,
  who: string,
  { role, permission, none }: RolesOptions,
): Promise<Outcome> {
  if (none && (role || permission))
    return wrongUsage('--none cannot be combined with --role or --permission.');
  const admin = app.get(AccountAdmin);
  const account = await admin.find(who);
  if (!account) return noUser(who);
  const { id, email } = account;
  if (!none && !role && !permission)
    return done(lines(accessLines(account)), { id, email, ...accessOf(account) });

  const kept = none ? { roles: [], permissions: [] } : accessOf(account);
  const known = await admin.setRoles(id, {
    roles: role ?? kept.roles,
    permissions: permission ?? kept.permissions,
  });
  const changed = known && (await admin.find(id));
  if (!changed) return noUser(who);
  const text = `${email} now has these roles and permissions; sessions get them at their next refresh.`;
  return done(`${text}\n${lines(accessLines(changed))}`, { id, email, ...accessOf(changed) });
}

const accessOf = ({ roles, permissions }: UserAccess) => ({ roles, permissions });

const accessLines = ({ roles, permissions }: UserAccess): [string, string][] => [
  ['Roles', roles.join(', ') || 'none'],
  ['Permissions', permissions.join(', ') || 'none'],
];

function failuresOf({ counter, failures, until, off }: SlowedBy): string {
  const who = {
    strangers: 'strangers',
    device: 'a known device',
    session: 'a session',
    factors: 'whoever tried the second factors',
  }[counter];
  const what = until ? `wait until ${until.toISOString()}` : 'need not wait';
  return `${failures} by ${who}, ${off ? 'refused' : what}`;
}

function passwordOf({ hasPassword, passwordOff }: Account): string {
  if (passwordOff)
    return 'off after too many failures, except on known devices: turn it on again with latchkey user enable';
  return hasPassword ? 'set' : 'none';
}
