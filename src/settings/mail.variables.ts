import { asText, pems } from './parsers.js';
import type { Variable } from './variable.js';

/** Mails to the owners of accounts. */
export const mailVariables = [
  {
    name: 'SMTP_URL',
    option: 'mail.smtp',
    parse: asText,
    defaultNote: 'in development: the page `/account/mailbox`',
    meaning:
      'The mail server: `smtp://user:password@host:587`, or `smtps://…`; TLS is required unless it is on this machine. Without it, there are no [mails](mail.md)',
  },
  {
    name: 'SMTP_TLS_CA',
    option: 'mail.tlsCa',
    parse: pems,
    onlyWith: 'SMTP_URL',
    meaning:
      'The certificate authorities to trust for it in place of the usual ones: PEM texts or paths of PEM files, comma-separated',
  },
  {
    name: 'MAIL_FROM',
    option: 'mail.from',
    parse: asText,
    meaning: 'Who mails are from: an address, or `Name <address>`. Required with `SMTP_URL`',
  },
  {
    name: 'MAIL_LOCALE',
    option: 'mail.locale',
    onlyWith: 'SMTP_URL',
    parse: asText,
    defaultNote: '`ACCOUNT_LOCALE`, else `en`',
    meaning: 'The language of mails for which no other is known: `en`, `de` or `fr`',
  },
] as const satisfies readonly Variable[];
