import { type AuthModuleOptions, Mailbox } from '../index.js';
import { hasAddress } from './public-url.js';

/** In development without a mail server, mails go to a page. Their links need an address, which may not be known yet. */
export function fillInMailbox(auth: AuthModuleOptions): void {
  if (auth.mail?.smtp !== undefined || auth.mail?.transport || !hasAddress(auth)) return;
  auth.mail = { from: 'Latchkey <no-reply@example.com>', ...auth.mail, transport: new Mailbox() };
}

/** The one that {@link fillInMailbox} has made. */
export function mailboxOf({ mail }: AuthModuleOptions): Mailbox | undefined {
  return mail?.transport instanceof Mailbox ? mail.transport : undefined;
}
