import type { AuthModuleOptions } from '../index.js';

/**
 * What is wrong if people are to prove their addresses and nothing sends mail. `off` without mail is no configuration of
 * accounts, so it is removed.
 */
export function missingMail(auth: AuthModuleOptions): string | undefined {
  if (auth.mail || !auth.accounts) return undefined;
  const { verification = 'off' } = auth.accounts;
  if (verification === 'off') delete auth.accounts;
  else return 'needs mail: set SMTP_URL and MAIL_FROM, or remove it';
  return undefined;
}
