import { exitWithoutServers } from '../settings/stop-servers.js';
import type { Logger } from './logger.js';
import type { RunningService } from './service.js';

const DEADLINE_MS = 5_000;

/**
 * Handles uncaught exceptions and unhandled rejections, after which the state of the process is unknown. Logs the first
 * one, lets requests in progress finish, and exits with code 1, so that the supervisor restarts the process.
 */
export function stopOnFailure(service: RunningService, logger: Logger): void {
  let stopping = false;
  process.on('uncaughtException', (error, origin) => {
    if (stopping) return;
    stopping = true;
    logger.fatal({ err: error, msg: `${origin}: stopping` });
    const end = () => exitWithoutServers(1);
    setTimeout(end, DEADLINE_MS).unref();
    service.stop(0).then(end, end);
  });
}
