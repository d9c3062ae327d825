import type { Logger } from './logger.js';
import type { RunningService } from './service.js';

const DEADLINE_MS = 10_000;

/**
 * SIGTERM and SIGINT stop the service gracefully with exit code 0. A second signal, or the deadline, ends it
 * immediately with exit code 1.
 */
export function stopOnSignal(service: RunningService, logger: Logger): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1);
    stopping = true;
    logger.info(`${signal}: finishing the requests in progress, then stopping`);
    setTimeout(() => process.exit(1), DEADLINE_MS).unref();
    service.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error, msg: 'stopping failed' });
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
