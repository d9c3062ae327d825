import type { Configuration } from '../settings/configuration.js';
import type { Logger } from './logger.js';
import type { RunningService } from './service.js';

/** Logs the first lines of a running service: its URL, and what to try next. */
export function welcome({ url }: RunningService, configuration: Configuration, logger: Logger): void {
  const { accountPages, auth, databaseUrl, dataDir, docs, mode } = configuration;
  logger.info(`Latchkey listens on ${url}`);
  if (accountPages) logger.info(`Account page: ${url}/account`);
  if (docs) logger.info(`API docs: ${url}/docs`);
  if (mode === 'development') {
    const kept = databaseUrl ? 'generated secrets' : 'the database and generated secrets';
    logger.info(`Development mode: ${kept} are in ${dataDir}`);
    logger.info(`Next: open ${accountPages ? `${url}/account/sign-up and create an account` : url}`);
  }
  if (mode !== 'development' && /^http:/i.test(auth.publicUrl ?? ''))
    logger.warn(
      'PUBLIC_URL begins with http://: fine for trying it out on this machine, but not in production',
    );
  if (auth.rateLimits === false) logger.warn('RATE_LIMIT is off: passwords can be guessed without limit');
}
