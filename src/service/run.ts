import 'reflect-metadata';
import { readConfiguration } from '../settings/configuration.js';
import { exitWithoutServers } from '../settings/stop-servers.js';
import { createLogger } from './logger.js';
import { reportFailedStart } from './report-failed-start.js';
import { stopOnFailure } from './stop-on-failure.js';
import { StopOnSignal } from './stop-on-signal.js';
import { startService } from './service.js';
import { welcome } from './welcome.js';

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
