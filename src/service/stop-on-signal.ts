import { exitWithoutServers, stopSignals } from '../settings/stop-servers.js';
import type { Logger } from './logger.js';
import type { RunningService } from './service.js';

/** After the service has stopped listening. */
const DEADLINE_MS = 10_000;

/**
 * SIGTERM, SIGINT and SIGHUP stop the service gracefully with exit code 0; while it is still starting, as soon as the
 * step that is under way has ended. A second signal, or the deadline, ends it immediately with exit code 1, apart from
 * stopping the embedded database, which takes a bounded time. Further signals change nothing: npm passes each Ctrl-C on,
 * so that the service receives it twice.
 */
export class StopOnSignal {
  private readonly stopping = new AbortController();
  private service: RunningService | undefined;
  private signals = 0;

  constructor(private readonly logger: Logger) {
    for (const signal of stopSignals()) process.on(signal, () => this.receive(signal));
  }

  /** Aborted by the first signal. */
  get begun(): AbortSignal {
    return this.stopping.signal;
  }

  /** Makes signals stop this service from now on, including one that has already arrived. */
  stops(service: RunningService): void {
    this.service = service;
    if (this.begun.aborted) this.stop(service);
  }

  private receive(signal: NodeJS.Signals): void {
    this.signals++;
    if (this.signals > 1) return exitWithoutServers(1);
    this.logger.info(`${signal}: finishing the requests in progress, then stopping`);
    this.stopping.abort();
    if (this.service) this.stop(this.service);
  }

  private stop(service: RunningService): void {
    setTimeout(() => exitWithoutServers(1), service.drainMs + DEADLINE_MS).unref();
    service.stop().then(
      () => exitWithoutServers(0),
      (error: unknown) => {
        this.logger.error({ err: error, msg: 'stopping failed' });
        exitWithoutServers(1);
      },
    );
  }
}
