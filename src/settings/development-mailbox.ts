import { type AuthModuleOptions, Mailbox } from '../index.js';
import { hasAddress } from './public-url.js';

/**
 * In development without a mail server, mails go to a page. With either, people are asked to prove their addresses unless
 * the configuration says otherwise.
 */
export function fillInMail(auth: AuthModuleOptions, { development }: { development: boolean }): void {
  if (development) fillInMailbox(auth);
  if (auth.mail) auth.accounts = { verification: 'optional', ...auth.accounts };
}

/** The links of mails need an address, which may not be known yet. */
function fillInMailbox(auth: AuthModuleOptions): void {
  if (auth.mail?.smtp !== undefined || auth.mail?.transport || !hasAddress(auth)) return;
  auth.mail = { from: 'Latchkey <no-reply@example.com>', ...auth.mail, transport: new Mailbox() };
}

/** The one that {@link fillInMailbox} has made. */
export function mailboxOf({ mail }: AuthModuleOptions): Mailbox | undefined {
  return mail?.transport instanceof Mailbox ? mail.transport : undefined;
}
