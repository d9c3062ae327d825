import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { newEmail, PASSWORD } from '../../support/client.js';
import {
  productionSettings,
  type ServiceProcess,
  startServiceProcess,
} from '../../support/service-process.js';

export { productionSettings };
export type { ServiceProcess };

/** The service with any number of sessions per user, and without what it writes independently of requests. */
export function startBuilt(settings: Record<string, string>): Promise<ServiceProcess> {
  return startServiceProcess({ AUDIT: 'off', SESSIONS_PER_USER: '0', ...settings });
}

/** Settings that shift a process's clock, for example by `+10m`. */
export function otherTime(offset: string): Record<string, string> {
  const library = readdirSync('/usr/lib')
    .map((folder) => join('/usr/lib', folder, 'faketime/libfaketime.so.1'))
    .find((file) => existsSync(file));
  if (!library) throw new Error('libfaketime is not installed: on Debian it is the package "faketime"');
  // Timeouts are counted on the monotonic clock.
  return { LD_PRELOAD: library, FAKETIME: offset, FAKETIME_DONT_FAKE_MONOTONIC: '1' };
}

/** @returns the address of a new account */
export async function newAccount({ client }: ServiceProcess): Promise<string> {
  const email = newEmail();
  const { status } = await client.post('/auth/register', { email, password: PASSWORD });
  if (status !== 201) throw new Error(`register: ${status}`);
  return email;
}
