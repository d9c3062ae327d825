import { Logger, type Provider } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { Clock } from '../../database/database-clock.js';
import { DatabaseNotifications } from '../../database/notifications.js';
import { AuthEvents } from '../../events/auth-events.js';
import { ActionSecrets } from '../../mail/action-secrets.js';
import { InMemoryMailOutbox } from '../../mail/in-memory-mail-outbox.js';
import { Links } from '../../mail/links.js';
import { MailOutbox } from '../../mail/mail-outbox.js';
import { MailWriter } from '../../mail/mail-templates.js';
import { MailWorker } from '../../mail/mail-worker.js';
import { Mails } from '../../mail/mails.js';
import { PostgresMailOutbox } from '../../mail/postgres-mail-outbox.js';
import { SmtpTransport } from '../../mail/smtp-transport.js';
import { ResolvedAuthOptions } from '../../options/resolve-options.js';
import { AuthDataSource } from '../auth-data-source.js';
import { provide } from './provide.js';

/**
 * How long a worker waits after the news of a mail, at random: otherwise its work would begin while the request that wrote
 * the mail is being answered, and the answer would take longer than one without a mail. Also gathers mails.
 */
const HESITATION_MS = { least: 20, most: 120 };

/** How often the outbox is read although nothing was heard. */
const POLL_MS = { heard: 5_000, deaf: 1_000 };

/** Mails to the owners of accounts. Without the option `mail`, nothing runs, and nothing may be written into the outbox. */
export const mailProviders: Provider[] = [
  provide(MailOutbox, [AuthDataSource, Clock], (source: DataSource, clock: Clock) =>
    // A test without a database has something else in its place.
    source.isInitialized ? new PostgresMailOutbox(source) : new InMemoryMailOutbox(clock),
  ),
  provide(
    Mails,
    [MailOutbox, ResolvedAuthOptions],
    (outbox: MailOutbox, { mail }: ResolvedAuthOptions) => new Mails(outbox, mail !== undefined),
  ),
  provide(
    MailWorker,
    [MailOutbox, ResolvedAuthOptions, AuthEvents, DatabaseNotifications, ActionSecrets],
    createWorker,
  ),
];

function createWorker(
  outbox: PostgresMailOutbox | InMemoryMailOutbox,
  { mail, links, publicUrl }: ResolvedAuthOptions,
  events: AuthEvents,
  notifications: DatabaseNotifications,
  secrets: ActionSecrets,
): MailWorker | undefined {
  if (!mail) return undefined;
  const logger = new Logger('Mail');
  const { smtp, transport, from, tlsCa, concurrency } = mail;
  return new MailWorker({
    outbox,
    transport: transport ?? new SmtpTransport({ server: smtp!, from, tlsCa, connections: concurrency }),
    writer: new MailWriter(new Links(publicUrl!, links), mail),
    secrets,
    events,
    concurrency,
    warn: (message) => logger.warn(message),
    listen: (wake) =>
      outbox instanceof InMemoryMailOutbox
        ? outbox.onNews(wake)
        : notifications.listen(outbox.channel, { heard: soon(wake), missed: wake }),
    pollMs: () => (notifications.connected ? POLL_MS.heard : POLL_MS.deaf),
  });
}

/** Calls a function a little after the first of several calls. */
function soon(wake: () => void): () => void {
  const { least, most } = HESITATION_MS;
  let timer: NodeJS.Timeout | undefined;
  const ring = () => {
    timer = undefined;
    wake();
  };
  return () => (timer ??= setTimeout(ring, least + Math.random() * (most - least)).unref());
}
