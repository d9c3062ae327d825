import type { Logger } from './logger.js';
import type { RunningService } from './service.js';

const DEADLINE_MS = 5_000;

/**
 * An exception or rejection that nobody handled: nobody knows any more what state the process is in. It is logged once,
 * requests under way may finish, and the process ends with code 1 for its supervisor to start it anew.
 */
export function stopOnFailure(service: RunningService, logger: Logger): void {
  let stopping = false;
  process.on('uncaughtException', (error, origin) => {
    if (stopping) return;
    stopping = true;
    logger.fatal({ err: error, msg: `${origin}: stopping` });
    const end = () => process.exit(1);
    setTimeout(end, DEADLINE_MS).unref();
    service.stop().then(end, end);
  });
}
