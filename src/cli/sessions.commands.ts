import type { INestApplicationContext } from '@nestjs/common';
import { Presets, SingleBar } from 'cli-progress';
import { DataSource } from 'typeorm';
import { AccountAdmin, Cleanup, RefreshToken, SessionShards } from '../index.js';
import { parseTime } from '../settings/time.js';
import { askForConsent } from './consent.js';
import type { Io } from './io.js';
import { done, failed, noUser, type Outcome, wrongUsage } from './outcome.js';
import { type Command, withApp } from './run.js';

/** The progress bar is written to standard error, and only if that is a terminal. */
export const purgeSessions: Command = async (app) => {
  const cleanup = app.get(Cleanup);
  const bar = new SingleBar({ stream: process.stderr, clearOnComplete: true }, Presets.shades_classic);
  bar.start(await cleanup.countExpired(), 0);
  const deleted = await cleanup.run({ wait: true, onProgress: (total) => bar.update(total) });
  bar.stop();
  if (deleted === null) return failed('Another instance is already cleaning up.');
  return done(`${deleted} rows of ended sessions and expired revocations were deleted.`, { deleted });
};

export interface EndOptions {
  all?: boolean;
  before?: string;
  user?: string;
  yes?: boolean;
}

const WHICH = 'Say which sessions to end, by one of --all, --before <time> and --user <email|id>.';

/** Ends sessions by the thousand. If it is interrupted, it can be run again. */
export async function endSessions(io: Io, options: EndOptions): Promise<Outcome> {
  const { all, before, user, yes } = options;
  if ([all, before, user].filter((which) => which !== undefined).length !== 1) return wrongUsage(WHICH);
  if (user?.trim() === '') return wrongUsage('--user must be the email address or the id of a user.');
  if (user !== undefined) return withApp(io, (app) => endSessionsOf(app, user));
  const time = before === undefined ? undefined : parseTime(before);
  if (time === null || (time && time.getTime() >= Date.now()))
    return wrongUsage('--before must be a time in the past, such as 2026-11-28T12:00:00Z or 2026-11-28.');
  const what = time ? `all sessions that began before ${time.toISOString()}` : 'all sessions of all users';
  if (!yes && !(await askForConsent(io, `This ends ${what}.`)))
    return wrongUsage(`This ends ${what}. To confirm, add --yes.`);
  return withApp(io, (app) => endAll(app, time));
}

async function endAll(app: INestApplicationContext, before: Date | undefined): Promise<Outcome> {
  const bar = new SingleBar({ stream: process.stderr, clearOnComplete: true }, Presets.shades_classic);
  const shards = app.get<SessionShards | undefined>(SessionShards)?.sources ?? [];
  // Only for the bar: a database that does not answer must not keep the others.
  const counts = [app.get(DataSource), ...shards].map((source) =>
    source
      .getRepository(RefreshToken)
      .count()
      .catch(() => 0),
  );
  bar.start(Math.max(...(await Promise.all(counts))), 0);
  const result = await app.get(AccountAdmin).endAllSessions({
    before,
    onProgress: (looked) => bar.update(Math.min(looked, bar.getTotal())),
  });
  bar.stop();
  const time = result.before.toISOString();
  const { ended } = result;
  return done(`${ended} sessions that began before ${time} have ended.`, { before: time, ended });
}

async function endSessionsOf(app: INestApplicationContext, who: string): Promise<Outcome> {
  const admin = app.get(AccountAdmin);
  const account = await admin.find(who);
  // The account may have been deleted, or restored without it.
  if (!account && who.includes('@')) return noUser(who);
  const ended = await admin.endSessionsOf(account?.id ?? who);
  if (!account && ended === 0) return noUser(who);
  return done(`${ended} sessions of ${account?.email ?? who} have ended.`, { ended });
}
