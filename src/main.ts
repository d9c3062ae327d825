import 'reflect-metadata';
import { readConfiguration } from './settings/configuration.js';
import { createLogger } from './service/logger.js';
import { reportFailedStart } from './service/report-failed-start.js';
import { stopOnFailure } from './service/stop-on-failure.js';
import { stopOnSignal } from './service/stop-on-signal.js';
import { startService } from './service/service.js';
import { welcome } from './service/welcome.js';

try {
  const configuration = readConfiguration();
  const logger = await createLogger(configuration);
  const service = await startService(configuration, logger);
  stopOnSignal(service, logger);
  stopOnFailure(service, logger);
  welcome(service, configuration, logger);
} catch (error) {
  reportFailedStart(error);
}
