import { pino } from 'pino';
import { readConfiguration } from '../../src/settings/configuration.js';
import { startService } from '../../src/service/service.js';
import { Client } from './client.js';

export interface ServiceHere {
  client: Client;
  end(): Promise<void>;
}

/**
 * The service within this process, with these settings and no others: it need not load all that a process of its own
 * would. For tests that are about neither its start, its end nor what it prints: it prints nothing.
 */
export async function startServiceHere(settings: Record<string, string>): Promise<ServiceHere> {
  const service = await startService(readConfiguration(settings), pino({ level: 'silent' }));
  return { client: new Client(service.url), end: () => service.stop() };
}
