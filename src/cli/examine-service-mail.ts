import { examineMail, type Finding, Mails, readSmtpUrl, SmtpTransport } from '../index.js';
import type { Configuration } from '../settings/configuration.js';
import type { Io } from './io.js';
import { done } from './outcome.js';
import { withApp } from './run.js';

/** Checks the mail server, and what waits for it unless the database has a problem of its own. Never rejects. */
export async function examineServiceMail(
  { auth }: Configuration,
  database: readonly Finding[],
  io: Io,
): Promise<Finding[]> {
  const { smtp, tlsCa = [] } = auth.mail ?? {};
  const server = smtp === undefined ? '' : readSmtpUrl(smtp);
  if (typeof server === 'string') return [];
  const transport = new SmtpTransport({
    server: () => server,
    from: { name: '', address: '' },
    tlsCa: [tlsCa].flat(),
    connections: 1,
  });
  const isReadable = database.every(({ state }) => state !== 'problem');
  const stats = async () => {
    let found = { queued: 0, oldestSeconds: 0, failed: 0 };
    await withApp(io, async (app) => {
      found = await app.get(Mails).stats();
      return done('');
    });
    return found;
  };
  try {
    return await examineMail({ transport, ...(isReadable && { outbox: { stats } }) });
  } finally {
    await transport.close();
  }
}
