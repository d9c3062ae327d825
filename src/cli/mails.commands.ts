import { Mails } from '../index.js';
import type { Io } from './io.js';
import { done, type Outcome, table, timeOf, wrongUsage } from './outcome.js';
import { withApp } from './run.js';

export interface MailListOptions {
  failed?: boolean;
  queued?: boolean;
  limit?: number;
  cursor?: string;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export async function listMails(io: Io, options: MailListOptions): Promise<Outcome> {
  const { failed, queued, limit = 50, cursor } = options;
  if (failed && queued) return wrongUsage('Use either --failed or --queued.');
  const state = failed ? 'failed' : queued ? 'queued' : undefined;
  return withApp(io, async (app) => {
    const page = await app.get(Mails).list({ state, limit, cursor });
    if (page.items.length === 0) return done('No mail matches.', page);
    const heading = ['id', 'state', 'mail', 'to', 'written', 'attempts', 'next attempt', 'last error'];
    const rows = page.items.map((mail) => [
      mail.id,
      mail.state,
      mail.template,
      mail.recipient,
      timeOf(mail.createdAt),
      String(mail.attempts),
      mail.state === 'queued' ? timeOf(mail.nextAt) : '',
      mail.error ?? '',
    ]);
    const next = `latchkey mails list${state ? ` --${state}` : ''} --limit ${limit} --cursor ${page.nextCursor}`;
    return done(table(heading, rows) + (page.nextCursor ? `\n\nNext page: ${next}` : ''), page);
  });
}

export async function retryMails(io: Io, ids: readonly string[], { failed = false } = {}): Promise<Outcome> {
  if (failed === ids.length > 0)
    return wrongUsage('Say which mails: their ids, or --failed for all that failed.');
  const wrong = ids.find((id) => !UUID.test(id));
  if (wrong !== undefined) return wrongUsage(`${wrong} is not the id of a mail.`);
  return withApp(io, async (app) => {
    const retried = await app.get(Mails).retry(failed ? undefined : ids.map((id) => id.toLowerCase()));
    return done(`${retried} mails will be tried again within seconds, while the service runs.`, { retried });
  });
}
