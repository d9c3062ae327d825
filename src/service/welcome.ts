import type { Configuration } from '../settings/configuration.js';
import { mailboxOf } from '../settings/development-mailbox.js';
import { settingWarnings } from '../settings/warnings.js';
import type { Logger } from './logger.js';
import type { RunningService } from './service.js';

/** Logs the first lines of a running service: its URL, what to try next, and which settings are unsafe. */
export function welcome({ url }: RunningService, configuration: Configuration, logger: Logger): void {
  const { accountPages, databaseUrl, dataDir, docs, mode } = configuration;
  logger.info(`Latchkey listens on ${url}`);
  if (accountPages) logger.info(`Account page: ${url}/account`);
  tellOfMails(`${url}/account/mailbox`, configuration, logger);
  if (docs) logger.info(`API docs: ${url}/docs`);
  if (mode === 'development') {
    const kept = databaseUrl ? 'generated secrets' : 'the database and generated secrets';
    logger.info(`Development mode: ${kept} are in ${dataDir}`);
    logger.info(`Next: open ${accountPages ? `${url}/account/sign-up and create an account` : url}`);
  }
  for (const warning of settingWarnings(configuration)) logger.warn(warning);
}

/** In development without a mail server, each mail is on a page. */
function tellOfMails(page: string, { auth, accountPages }: Configuration, logger: Logger): void {
  const mailbox = accountPages ? mailboxOf(auth) : undefined;
  if (!mailbox) return;
  logger.info(`Mails: ${page}`);
  mailbox.onMail(({ subject }) => logger.info(`A mail, "${subject}", is at ${page}`));
}
