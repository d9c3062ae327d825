import { AccountAdmin, toSessionView } from '../index.js';
import { done, failed, noUser, table, timeOf } from './outcome.js';
import type { Command } from './run.js';

export const listUserSessions: Command = async (app, who) => {
  const admin = app.get(AccountAdmin);
  const account = await admin.find(who!);
  const sessions = account && (await admin.sessionsOf(account.id));
  if (!sessions) return noUser(who!);
  const views = sessions.map((session) => {
    const { current: _, ...view } = toSessionView(session, '');
    return view;
  });
  if (views.length === 0) return done(`${account.email} has no live session.`, views);
  const heading = ['session id', 'began', 'last used', 'expires', 'address', 'device'];
  const rows = views.map(({ id, createdAt, lastUsedAt, expiresAt, ip, device }) => [
    id,
    ...[createdAt, lastUsedAt, expiresAt].map((time) => timeOf(new Date(time))),
    ip ?? '',
    device ?? '',
  ]);
  return done(table(heading, rows), views);
};

export const endUserSessions: Command = async (app, who, sid) => {
  const admin = app.get(AccountAdmin);
  const account = await admin.find(who!);
  if (!account) return noUser(who!);
  const { id, email } = account;
  const ended = await admin.endSessions(id, sid);
  if (sid === undefined) return ended ? done(`${email} is logged out everywhere.`) : noUser(who!);
  return ended
    ? done(`The session ${sid} of ${email} has ended.`)
    : failed(`${email} has no session ${sid}: see latchkey user sessions ${email}.`);
};
