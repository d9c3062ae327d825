import type { INestApplicationContext } from '@nestjs/common';
import { AuditExport, type AuditReceiverStatus, type DeadLetterQuery, isReceiverName } from '../index.js';
import { parseTime } from '../settings/time.js';
import type { Io } from './io.js';
import { done, failed, type Outcome, table, timeOf, wrongUsage } from './outcome.js';
import { withApp } from './run.js';

export interface ReceiversOptions {
  rewind?: string;
  since?: string;
  remove?: string;
}

export interface ExportOptions {
  since?: string;
  follow?: boolean;
  receiver?: string;
}

export interface DeadLettersOptions {
  receiver?: string;
  all?: boolean;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const NOT_A_TIME = wrongUsage('--since must be a time such as 2026-11-28T12:00:00Z or 2026-11-28.');
const NOT_A_NAME = wrongUsage('A receiver has a name of up to 63 letters, digits, - and _.');
const LISTED = 100;

export async function auditReceivers(io: Io, { rewind, since, remove }: ReceiversOptions): Promise<Outcome> {
  if (rewind !== undefined && remove !== undefined) return wrongUsage('Use either --rewind or --remove.');
  if ((rewind === undefined) !== (since === undefined))
    return wrongUsage('--rewind <name> and --since <time> go together.');
  const time = since === undefined ? undefined : parseTime(since);
  if (time === null) return NOT_A_TIME;
  return withApp(io, async (app) => {
    const audit = app.get(AuditExport);
    const name = rewind ?? remove;
    if (name === undefined) return listReceivers(audit);
    const found = time ? await audit.rewind(name, time) : await audit.remove(name);
    if (!found) return failed(`There is no receiver ${name}: see latchkey audit receivers.`);
    return done(time ? `${name} gets the events since ${time.toISOString()} again.` : `${name} was removed.`);
  });
}

async function listReceivers(audit: AuditExport): Promise<Outcome> {
  const receivers = await audit.receivers();
  if (receivers.length === 0) return done('No receiver has a cursor yet: set AUDIT_WEBHOOK_URL.', []);
  const heading = [
    'receiver',
    'state',
    'behind',
    'delivered',
    'dead letters',
    'lost',
    'last delivery',
    'last error',
  ];
  const rows = receivers.map((receiver) => [
    receiver.name,
    stateOf(receiver),
    `${Math.round(receiver.lagSeconds)} s`,
    String(receiver.delivered),
    String(receiver.deadLetters),
    String(receiver.lost),
    timeOf(receiver.deliveredAt),
    receiver.lastError ?? '',
  ]);
  return done(table(heading, rows), receivers);
}

function stateOf({ failingSince, heldBack, lagSeconds }: AuditReceiverStatus): string {
  if (failingSince) return `failing since ${timeOf(failingSince)}`;
  if (heldBack) return 'waits for an open transaction';
  return lagSeconds > 0 ? 'catching up' : 'up to date';
}

/** Writes the lines itself: there may be more than fit into memory, and `--follow` has no end. */
export async function exportAudit(io: Io, { since, follow, receiver }: ExportOptions): Promise<Outcome> {
  const time = since === undefined ? undefined : parseTime(since);
  if (time === null) return NOT_A_TIME;
  if (receiver !== undefined && !isReceiverName(receiver)) return NOT_A_NAME;
  return withApp(io, async (app) => {
    const audit = app.get(AuditExport);
    const isNew = receiver === undefined || (await audit.receivers([receiver])).length === 0;
    if (isNew && !time) return wrongUsage('Say where to begin: --since <time>.');
    const unread = new AbortController();
    try {
      await audit.consume({
        receiver,
        since: time,
        follow,
        signal: unread.signal,
        deliver: (lines) => write(io, lines),
      });
    } catch (error) {
      if ((error as { code?: string }).code !== 'EPIPE') throw error; // whoever read the output has enough
    }
    return { ...done(''), written: true };
  });
}

/** Resolves when the output has taken the lines: only then are they remembered as exported. */
function write({ stdout }: Io, lines: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    stdout.write(`${lines.join('\n')}\n`, (error) => (error ? reject(error) : resolve()));
  });
}

export async function listDeadLetters(io: Io, { receiver }: DeadLettersOptions): Promise<Outcome> {
  return withApp(io, async (app) => {
    const letters = await app.get(AuditExport).deadLetters({ receiver }, LISTED + 1);
    if (letters.length === 0) return done('There are no dead letters.', []);
    const heading = ['event', 'type', 'receiver', 'failed', 'attempts', 'reason'];
    const rows = letters
      .slice(0, LISTED)
      .map(({ eventId, event, receiver: to, failedAt, attempts, reason, requestedAt }) => [
        eventId,
        (JSON.parse(event) as { type: string }).type,
        to,
        timeOf(failedAt),
        String(attempts),
        requestedAt ? 'will be sent again' : reason,
      ]);
    const more = letters.length > LISTED ? `\n\nThese are the oldest ${LISTED}.` : '';
    return done(table(heading, rows) + more, letters.slice(0, LISTED));
  });
}

export const retryDeadLetters = (io: Io, ids: readonly string[], options: DeadLettersOptions) =>
  onLetters(io, ids, options, async (app, query) => {
    const requested = await app.get(AuditExport).retryDeadLetters(query);
    return done(
      `${requested} dead letters will be sent again within seconds, while the service runs. Those that fail again stay in the list.`,
      { requested },
    );
  });

export const discardDeadLetters = (io: Io, ids: readonly string[], options: DeadLettersOptions) =>
  onLetters(io, ids, options, async (app, query) => {
    const discarded = await app.get(AuditExport).discardDeadLetters(query);
    return done(`${discarded} dead letters were deleted.`, { discarded });
  });

async function onLetters(
  io: Io,
  ids: readonly string[],
  { receiver, all = false }: DeadLettersOptions,
  work: (app: INestApplicationContext, query: DeadLetterQuery) => Promise<Outcome>,
): Promise<Outcome> {
  if (all === ids.length > 0) return wrongUsage('Say which dead letters: the ids of events, or --all.');
  const wrong = ids.find((id) => !UUID.test(id));
  if (wrong !== undefined) return wrongUsage(`${wrong} is not the id of an event.`);
  return withApp(io, (app) => work(app, { receiver, ids: all ? undefined : ids }));
}
