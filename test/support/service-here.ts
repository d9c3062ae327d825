import { readConfiguration } from '../../src/service/configuration.js';
import { createLogger } from '../../src/service/logger.js';
import { startService } from '../../src/service/service.js';
import { welcome } from '../../src/service/welcome.js';
import { Client } from './client.js';
import type { ServiceProcess } from './service-process.js';

export interface ServiceHere extends Pick<ServiceProcess, 'client' | 'output'> {
  end(): Promise<void>;
}

/**
 * The service within this process, with these settings and no others: it need not load all that a process of its own
 * would. For tests that are about neither its start, its end nor all that it prints: the output is what it logs.
 */
export async function startServiceHere(settings: Record<string, string>): Promise<ServiceHere> {
  let output = '';
  const configuration = readConfiguration(settings);
  const logger = await createLogger(configuration, { write: (line) => void (output += line) });
  const service = await startService(configuration, logger);
  welcome(service, configuration, logger);
  return { client: new Client(service.url), output: () => output, end: () => service.stop() };
}
