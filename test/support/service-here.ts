import { pino } from 'pino';
import { readConfiguration } from '../../src/settings/configuration.js';
import { startService } from '../../src/service/service.js';
import { Client } from './client.js';

export interface ServiceHere {
  client: Client;
  end(): Promise<void>;
}

/**
 * The service within this process, with exactly these settings: it loads less than a separate process
 * would. For tests that concern neither its start, its shutdown nor its output: it prints nothing.
 */
export async function startServiceHere(settings: Record<string, string>): Promise<ServiceHere> {
  const service = await startService(readConfiguration(settings), pino({ level: 'silent' }));
  return { client: new Client(service.url), end: () => service.stop() };
}
