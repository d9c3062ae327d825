import type { AuthEvents } from '../events/auth-events.js';
import type { ActionSecrets } from './action-secrets.js';
import type { MailOutbox } from './mail-outbox.js';
import type { MailWriter } from './mail-templates.js';
import type { MailTransport } from './mail-transport.js';

/** What a worker works with. */
export interface MailWorkerParts {
  outbox: MailOutbox;
  transport: MailTransport;
  writer: MailWriter;
  /** `undefined`: mails with an action wait. */
  secrets: ActionSecrets | undefined;
  events: Pick<AuthEvents, 'emit'>;
  /** Calls a function whenever there is a new mail, as far as that is heard. */
  listen(wake: () => void): Promise<void> | void;
  /** How long to wait, in milliseconds, before looking for mails of which nothing was heard. */
  pollMs(): number;
  /** How many mails are sent at the same time. */
  concurrency: number;
  warn(message: string): void;
  /** Milliseconds before the next attempt. */
  delay?(attempts: number): number;
}
