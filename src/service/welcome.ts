import type { Configuration } from '../settings/configuration.js';
import type { Logger } from './logger.js';
import type { RunningService } from './service.js';

/** The first lines of a running service: where it is, and what to try. */
export function welcome({ url }: RunningService, { docs, auth, mode }: Configuration, logger: Logger): void {
  logger.info(`Latchkey listens on ${url}`);
  if (docs) logger.info(`API docs: ${url}/docs`);
  if (mode === 'development') logger.info('Development mode: secrets and data are kept in the data folder');
  if (auth.rateLimits === false) logger.warn('RATE_LIMIT is off: passwords can be guessed without limit');
}
