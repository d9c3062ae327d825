import 'reflect-metadata';
import { readConfiguration } from './settings/configuration.js';
import { exitWithoutServers } from './settings/stop-servers.js';
import { createLogger } from './service/logger.js';
import { reportFailedStart } from './service/report-failed-start.js';
import { stopOnFailure } from './service/stop-on-failure.js';
import { StopOnSignal } from './service/stop-on-signal.js';
import { startService } from './service/service.js';
import { welcome } from './service/welcome.js';

let signals: StopOnSignal | undefined;
try {
  const configuration = readConfiguration();
  const logger = await createLogger(configuration);
  signals = new StopOnSignal(logger);
  const service = await startService(configuration, logger, signals.begun);
  signals.stops(service);
  stopOnFailure(service, logger);
  welcome(service, configuration, logger);
} catch (error) {
  // A Ctrl-C also reaches what the start has run, which then fails.
  if (signals?.begun.aborted) exitWithoutServers(0);
  else reportFailedStart(error);
}
